package com.playtcha.jakarta.it.telemetry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A message of Protocol Buffers by the numbers of its fields, without a schema. */
final class ProtoMessage {
    private final Map<Integer, List<byte[]>> fields = new HashMap<>();
    private final Map<Integer, Long> numbers = new HashMap<>();

    ProtoMessage(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            long tag = varint(in);
            int field = (int) (tag >>> 3);
            switch ((int) tag & 7) {
                case 0 -> numbers.put(field, varint(in));
                case 1 -> numbers.put(field, in.getLong());
                case 2 -> {
                    byte[] value = new byte[(int) varint(in)];
                    in.get(value);
                    fields.computeIfAbsent(field, key -> new ArrayList<>()).add(value);
                }
                case 5 -> numbers.put(field, (long) in.getInt());
                default -> throw new IllegalArgumentException("wire type of tag " + tag);
            }
        }
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    /** All messages at a path of repeated fields. */
    Stream<ProtoMessage> messages(int... path) {
        Stream<ProtoMessage> found = Stream.of(this);
        for (int field : path) {
            found = found.flatMap(message ->
                    message.fields.getOrDefault(field, List.of()).stream().map(ProtoMessage::new));
        }
        return found;
    }

    /** Returns a field's bytes; empty where it is not set. */
    byte[] bytes(int field) {
        List<byte[]> values = fields.getOrDefault(field, List.of());
        return values.isEmpty() ? new byte[0] : values.get(0);
    }

    String text(int field) {
        return new String(bytes(field), StandardCharsets.UTF_8);
    }

    int number(int field) {
        return numbers.getOrDefault(field, 0L).intValue();
    }
}
