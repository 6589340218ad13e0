package com.playtcha.jakarta;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The error envelope of Playtcha, as it was sent: {@code {"error": {"code", "message", "request_id", ...}}} (contract,
 * sections 1 and 2). Codes are an open set: one that this version does not know keeps its text. Immutable.
 *
 * <p>The texts come from the network. Escape them wherever they are shown.
 *
 * @since 0.1
 */
public final class UpstreamError {
    private final int status;
    private final Map<String, @Nullable Object> fields;

    /**
     * Keeps an envelope.
     *
     * @param status the HTTP status it came with
     * @param fields the members of the {@code error} object, in their order; values are {@code String},
     *     {@code BigDecimal}, {@code Boolean}, {@code List}, {@code Map} or null
     */
    public UpstreamError(int status, Map<String, ? extends @Nullable Object> fields) {
        this.status = status;
        this.fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /**
     * The HTTP status of the answer.
     *
     * @return from 400 to 599
     */
    public int getStatus() {
        return status;
    }

    /**
     * Playtcha's error code, such as {@code already_redeemed}.
     *
     * @return null when the envelope has none, or one that is not a string
     */
    public @Nullable String getCode() {
        return text("code");
    }

    /**
     * Playtcha's explanation, meant for developers rather than visitors.
     *
     * @return null when the envelope has none, or one that is not a string
     */
    public @Nullable String getMessage() {
        return text("message");
    }

    /**
     * The id under which Playtcha's support finds this request.
     *
     * @return null when the envelope has none, or one that is not a string
     */
    public @Nullable String getRequestId() {
        return text("request_id");
    }

    /**
     * Every member of the {@code error} object, known or not.
     *
     * @return unmodifiable, in the order of the answer; values are {@code String}, {@code BigDecimal}, {@code Boolean},
     *     {@code List}, {@code Map} or null
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
