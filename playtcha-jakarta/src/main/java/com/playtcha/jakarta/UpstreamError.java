package com.playtcha.jakarta;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The error envelope of a response, as Playtcha sent it: {@code {"error": {"code", "message", "request_id", ...}}}. The set
 * of codes is open, and an unknown code keeps its text. Immutable.
 *
 * <p>The texts come from the network and must be escaped for output.
 *
 * @since 0.1
 */
public final class UpstreamError {
    private final int status;
    private final Map<String, @Nullable Object> fields;

    /**
     * Creates an envelope.
     *
     * @param status the HTTP status of the response
     * @param fields the members of the {@code error} object, in their order, which are copied with the lists and maps in
     *     them; values are {@code String}, {@code BigDecimal}, {@code Boolean}, {@code List}, {@code Map} or null
     */
    public UpstreamError(int status, Map<String, ? extends @Nullable Object> fields) {
        this.status = status;
        this.fields = copyOf(fields);
    }

    private static <K> Map<K, @Nullable Object> copyOf(Map<K, ? extends @Nullable Object> members) {
        Map<K, @Nullable Object> copy = new LinkedHashMap<>();
        members.forEach((key, value) -> copy.put(key, copyOf(value)));
        return Collections.unmodifiableMap(copy);
    }

    private static @Nullable Object copyOf(@Nullable Object value) {
        if (value instanceof Map<?, ?> members) {
            return copyOf(members);
        }
        if (value instanceof List<?> elements) {
            List<@Nullable Object> copy = new ArrayList<>(elements.size());
            elements.forEach(element -> copy.add(copyOf(element)));
            return Collections.unmodifiableList(copy);
        }
        return value;
    }

    /**
     * Returns the HTTP status of the response.
     *
     * @return the status, from 400 to 599
     */
    public int getStatus() {
        return status;
    }

    /**
     * Returns the error code, such as {@code already_redeemed}.
     *
     * @return the code, or null if the envelope has none or it is not a string
     */
    public @Nullable String getCode() {
        return text("code");
    }

    /**
     * Returns the explanation, which is meant for developers and not for visitors.
     *
     * @return the message, or null if the envelope has none or it is not a string
     */
    public @Nullable String getMessage() {
        return text("message");
    }

    /**
     * Returns the id of the request for Playtcha's support.
     *
     * @return the id, or null if the envelope has none or it is not a string
     */
    public @Nullable String getRequestId() {
        return text("request_id");
    }

    /**
     * Returns all members of the {@code error} object, including unknown ones.
     *
     * @return a map in the order of the response; it and the lists and maps in it are unmodifiable; values are
     *     {@code String}, {@code BigDecimal}, {@code Boolean}, {@code List}, {@code Map} or null
     */
    public Map<String, @Nullable Object> getFields() {
        return fields;
    }

    private @Nullable String text(String key) {
        return fields.get(key) instanceof String value ? value : null;
    }

    @Override
    public String toString() {
        return "UpstreamError[status=" + status + ", code=" + getCode() + ", request_id=" + getRequestId() + "]";
    }
}
