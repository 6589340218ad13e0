package com.playtcha.jakarta.internal.json;

import jakarta.json.Json;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.spi.JsonbProvider;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON with one shared JSON-B engine, which is created when it is first needed. Thread-safe. */
public final class JsonWriter implements AutoCloseable {
    // Throws at start if there is no provider; creating an engine takes a good part of the time of a start.
    private final JsonbProvider provider = JsonbProvider.provider();
    private final JsonBuilderFactory builders = Json.createBuilderFactory(Map.of());
    private @Nullable Jsonb jsonb;

    /** Writes one object on one line, its members in order. */
    public String write(Map<String, ? extends @Nullable Object> members) {
        return jsonb().toJson(members);
    }

    private synchronized Jsonb jsonb() {
        if (jsonb == null) {
            jsonb = provider.create().build();
        }
        return jsonb;
    }

    /**
     * Writes one object of strings on one line. For the hot path: JSON-B would look up a serializer on each call, and a
     * generator of JSON-P takes longer than all else that writes a request.
     *
     * @param namesAndValues in turns
     */
    public static String writeStrings(String... namesAndValues) {
        StringBuilder text = new StringBuilder(512);
        for (int i = 0; i < namesAndValues.length; i++) {
            text.append(i == 0 ? '{' : i % 2 == 0 ? ',' : ':').append('"');
            for (int at = 0; at < namesAndValues[i].length(); at++) {
                char c = namesAndValues[i].charAt(at);
                if (c < ' ') {
                    text.append(String.format("\\u%04x", (int) c));
                } else {
                    text.append(c == '"' || c == '\\' ? "\\" : "").append(c);
                }
            }
            text.append('"');
        }
        return text.append('}').toString();
    }

    /** Writes as {@link #write} does. For the hot path: JSON-B would build a model of the map on each call. */
    public String writeTree(Map<String, ? extends @Nullable Object> members) {
        return builders.createObjectBuilder(new LinkedHashMap<>(members))
                .build()
                .toString();
    }

    @Override
    public synchronized void close() {
        try {
            if (jsonb != null) {
                jsonb.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException("JSON-B could not be closed", e);
        }
    }
}
