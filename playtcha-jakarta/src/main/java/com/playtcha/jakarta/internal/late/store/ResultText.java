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

    public LateResult readResult(String text) throws JsonReadException {
        return result(read(text.getBytes(StandardCharsets.UTF_8)));
    }

    public static Map<String, @Nullable Object> members(LateResult result) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        // Escaped separately, since JSON parsers may reject lone surrogates.
        members.put("id", AsciiText.encode(result.getId()));
        members.put("kind", result.getKind().name());
        members.put("outcome", result.getOutcome().name());
        String code = result.getCode();
        members.put("code", code == null ? null : AsciiText.encode(code));
        String failure = result.getFailure();
        members.put("failure", failure == null ? null : AsciiText.encode(failure));
        UpstreamError error = result.getError();
        members.put("error_status", error == null ? null : error.getStatus());
        members.put("error", error == null ? null : error.getFields());
        members.put("fields", result.getFields());
        members.put("started_at", result.getStartedAt().toEpochMilli());
        members.put("resolved_at", result.getResolvedAt().toEpochMilli());
        members.put("attempts", result.getAttempts());
        return members;
    }

    public static LateResult result(Map<String, @Nullable Object> members) throws JsonReadException {
        try {
            LateResult.Builder result = LateResult.of(
                            AsciiText.decode(required(members, "id")),
                            LateKind.valueOf(required(members, "kind")),
                            LateOutcome.valueOf(required(members, "outcome")),
                            instant(members, "resolved_at"))
                    .startedAt(instant(members, "started_at"))
                    .attempts(Math.toIntExact(number(members, "attempts")))
                    .code(optional(members, "code"))
                    .failure(optional(members, "failure"))
                    .fields(objectOrEmpty(members, "fields"));
            if (members.get("error_status") != null) {
                result.error(new UpstreamError(
                        Math.toIntExact(number(members, "error_status")), objectOrEmpty(members, "error")));
            }
            return result.build();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new JsonReadException("a member has a value that this library does not write");
        }
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

    public static Instant instant(Map<String, @Nullable Object> members, String name) throws JsonReadException {
        return Instant.ofEpochMilli(number(members, name));
    }

    public static long number(Map<String, @Nullable Object> members, String name) throws JsonReadException {
        if (members.get(name) instanceof BigDecimal number) {
            try {
                return number.longValueExact();
            } catch (ArithmeticException e) {
                throw new JsonReadException("member " + name + " is no whole number");
            }
        }
        throw new JsonReadException("member " + name + " is missing");
    }

    private static @Nullable String optional(Map<String, @Nullable Object> members, String name) {
        return members.get(name) instanceof String text ? AsciiText.decode(text) : null;
    }

    /** Returns a member that is an object, or null. */
    @SuppressWarnings("unchecked")
    public static @Nullable Map<String, @Nullable Object> object(Map<String, @Nullable Object> members, String name) {
        return members.get(name) instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : null;
    }

    private static Map<String, @Nullable Object> objectOrEmpty(Map<String, @Nullable Object> members, String name) {
        Map<String, @Nullable Object> object = object(members, name);
        return object == null ? Map.of() : object;
    }
}
