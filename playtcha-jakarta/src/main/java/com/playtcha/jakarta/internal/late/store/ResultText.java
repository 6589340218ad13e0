package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Results as JSON, in a store's row or a spooled file: one object on one line, in ASCII. Thread-safe. */
public final class ResultText {
    /** An answer of Playtcha has at most 32 levels; the result and its envelope add a few. */
    private static final int MAX_DEPTH = 40;

    private final StrictJson json;
    private final JsonWriter writer;

    public ResultText(StrictJson json, JsonWriter writer) {
        this.json = json;
        this.writer = writer;
    }

    public String write(Map<String, ? extends @Nullable Object> members) {
        return AsciiText.encodeJson(writer.writeTree(members));
    }

    public Map<String, @Nullable Object> read(byte[] text) throws JsonReadException {
        return json.readObject(text, StandardCharsets.UTF_8, MAX_DEPTH);
    }

    public String write(LateResult result) {
        return write(members(result));
    }

    /** Makes an object of the members that were read. */
    public interface Reader<T> {
        T read(Map<String, @Nullable Object> members) throws JsonReadException;
    }

    /** Reads what this library wrote. */
    public <T> T read(byte[] text, Reader<T> reader) throws JsonReadException {
        try {
            return reader.read(read(text));
        } catch (IllegalArgumentException e) {
            throw new JsonReadException("a member has a value that this library does not write");
        }
    }

    public LateResult readResult(String text) throws JsonReadException {
        return read(text.getBytes(StandardCharsets.UTF_8), ResultText::result);
    }

    public static Map<String, @Nullable Object> members(LateResult result) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        // Escaped separately, since JSON parsers may reject lone surrogates.
        members.put("id", AsciiText.encode(result.getId()));
        members.put("kind", result.getKind().name());
        members.put("outcome", result.getOutcome().name());
        members.put("code", encoded(result.getCode()));
        members.put("failure", encoded(result.getFailure()));
        UpstreamError error = result.getError();
        members.put("error_status", error == null ? null : error.getStatus());
        members.put("error", error == null ? null : error.getFields());
        members.put("fields", result.getFields());
        members.put("started_at", result.getStartedAt().toEpochMilli());
        members.put("resolved_at", result.getResolvedAt().toEpochMilli());
        members.put("attempts", result.getAttempts());
        return members;
    }

    private static @Nullable String encoded(@Nullable String text) {
        return text == null ? null : AsciiText.encode(text);
    }

    public static LateResult result(Map<String, @Nullable Object> members) throws JsonReadException {
        LateResult.Builder result = LateResult.of(
                        text(members, "id"),
                        LateKind.valueOf(required(members, "kind")),
                        LateOutcome.valueOf(required(members, "outcome")),
                        instant(members, "resolved_at"))
                .startedAt(instant(members, "started_at"))
                .attempts((int) number(members, "attempts"))
                .code(members.get("code") == null ? null : text(members, "code"))
                .failure(members.get("failure") == null ? null : text(members, "failure"));
        Map<String, @Nullable Object> fields = object(members, "fields");
        Map<String, @Nullable Object> error = object(members, "error");
        if (error != null) {
            result.error(new UpstreamError((int) number(members, "error_status"), error));
        }
        return result.fields(fields == null ? Map.of() : fields).build();
    }

    /** Returns a digest that is the same for repeated deliveries of one result. */
    public static String digest(LateResult result) {
        String code = result.getCode();
        String failure = result.getFailure();
        return Ids.digest(result.getOutcome().name(), code == null ? "" : code, failure == null ? "" : failure);
    }

    public static String required(Map<String, @Nullable Object> members, String name) throws JsonReadException {
        if (members.get(name) instanceof String text) {
            return text;
        }
        throw new JsonReadException("member " + name + " is missing");
    }

    /** Returns a text that {@link AsciiText} wrote. */
    public static String text(Map<String, @Nullable Object> members, String name) throws JsonReadException {
        return AsciiText.decode(required(members, name));
    }

    public static Instant instant(Map<String, @Nullable Object> members, String name) throws JsonReadException {
        return Instant.ofEpochMilli(number(members, name));
    }

    public static long number(Map<String, @Nullable Object> members, String name) throws JsonReadException {
        try {
            return new BigDecimal(String.valueOf(members.get(name))).longValueExact();
        } catch (ArithmeticException | NumberFormatException e) {
            throw new JsonReadException("member " + name + " is no whole number");
        }
    }

    /** Returns a member that is an object, or null. */
    @SuppressWarnings("unchecked")
    public static @Nullable Map<String, @Nullable Object> object(Map<String, @Nullable Object> members, String name) {
        return members.get(name) instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : null;
    }
}
