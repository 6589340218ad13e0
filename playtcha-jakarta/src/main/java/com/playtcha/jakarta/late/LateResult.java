package com.playtcha.jakarta.late;

import com.playtcha.jakarta.UpstreamError;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A result that arrived late. Immutable, with bean getters. Its texts come from the network:
 * escape them where they are shown.
 *
 * @since 0.1
 */
public final class LateResult {
    private final String id;
    private final LateKind kind;
    private final LateOutcome outcome;
    private final @Nullable String code;
    private final @Nullable String failure;
    private final @Nullable UpstreamError error;
    private final Map<String, @Nullable Object> fields;
    private final Instant startedAt;
    private final Instant resolvedAt;
    private final int attempts;

    private LateResult(Builder builder) {
        this.id = builder.id;
        this.kind = builder.kind;
        this.outcome = builder.outcome;
        this.code = builder.code;
        this.failure = builder.failure;
        this.error = builder.error;
        this.fields = builder.fields;
        this.startedAt = builder.startedAt == null ? builder.resolvedAt : builder.startedAt;
        this.resolvedAt = builder.resolvedAt;
        this.attempts = builder.attempts;
    }

    /**
     * Returns a builder.
     *
     * @param id the item's id
     * @param kind the item's kind
     * @param outcome the item's outcome
     * @param resolvedAt when the outcome was known
     * @return a new builder
     */
    public static Builder of(String id, LateKind kind, LateOutcome outcome, Instant resolvedAt) {
        return new Builder(id, kind, outcome, resolvedAt);
    }

    /**
     * Returns the item's id, which is the idempotence key: one id never has two results. For a late verdict it is the
     * value of the request attribute {@code playtcha.deferral-id}; for a task, the id that was tracked or called back.
     *
     * @return 1 to 200 characters
     */
    public String getId() {
        return id;
    }

    /**
     * Returns the item's kind.
     *
     * @return never null
     */
    public LateKind getKind() {
        return kind;
    }

    /**
     * Returns the item's outcome.
     *
     * @return never null
     */
    public LateOutcome getOutcome() {
        return outcome;
    }

    /**
     * Returns the result of a task, as the service sent it.
     *
     * @return null unless the outcome is {@link LateOutcome#COMPLETED}
     */
    public @Nullable String getCode() {
        return code;
    }

    /**
     * Returns the service's error, because of which a task has no result.
     *
     * @return null unless the outcome is {@link LateOutcome#FAILED}
     */
    public @Nullable String getFailure() {
        return failure;
    }

    /**
     * Returns Playtcha's error envelope.
     *
     * @return null where Playtcha sent none
     */
    public @Nullable UpstreamError getError() {
        return error;
    }

    /**
     * Returns all members of Playtcha's 2xx response.
     *
     * @return unmodifiable; empty where there was no 2xx response; values as in {@link UpstreamError#getFields()}
     */
    public Map<String, @Nullable Object> getFields() {
        return fields;
    }

    /**
     * Returns when the unverified request arrived, or when the task was tracked; for an untracked task, when its
     * callback arrived.
     *
     * @return never null
     */
    public Instant getStartedAt() {
        return startedAt;
    }

    /**
     * Returns when the outcome was known.
     *
     * @return never null
     */
    public Instant getResolvedAt() {
        return resolvedAt;
    }

    /**
     * Returns how often Playtcha or the service was polled in the background.
     *
     * @return 0 or more
     */
    public int getAttempts() {
        return attempts;
    }

    /**
     * Returns a copy with another start time and another number of attempts.
     *
     * @param startedAt as {@link #getStartedAt()}
     * @param attempts as {@link #getAttempts()}
     * @return a new result
     */
    public LateResult withHistory(Instant startedAt, int attempts) {
        return of(id, kind, outcome, resolvedAt)
                .code(code)
                .failure(failure)
                .error(error)
                .fields(fields)
                .startedAt(startedAt)
                .attempts(attempts)
                .build();
    }

    /** Omits what the service sent, so that the text may be logged. */
    @Override
    public String toString() {
        return "LateResult[" + kind + ", " + outcome + ", error=" + error + ", attempts=" + attempts + "]";
    }

    /** Builds a {@link LateResult}. Not thread-safe. */
    public static final class Builder {
        private final String id;
        private final LateKind kind;
        private final LateOutcome outcome;
        private final Instant resolvedAt;
        private @Nullable String code;
        private @Nullable String failure;
        private @Nullable UpstreamError error;
        private Map<String, @Nullable Object> fields = Map.of();
        private @Nullable Instant startedAt;
        private int attempts;

        private Builder(String id, LateKind kind, LateOutcome outcome, Instant resolvedAt) {
            this.id = Objects.requireNonNull(id, "id");
            this.kind = Objects.requireNonNull(kind, "kind");
            this.outcome = Objects.requireNonNull(outcome, "outcome");
            this.resolvedAt = Objects.requireNonNull(resolvedAt, "resolvedAt");
        }

        /**
         * Sets a task's result.
         *
         * @param value null for none, the default
         * @return this
         */
        public Builder code(@Nullable String value) {
            this.code = value;
            return this;
        }

        /**
         * Sets the error because of which a task has no result.
         *
         * @param value null for none, the default
         * @return this
         */
        public Builder failure(@Nullable String value) {
            this.failure = value;
            return this;
        }

        /**
         * Sets Playtcha's error envelope.
         *
         * @param value null for none, the default
         * @return this
         */
        public Builder error(@Nullable UpstreamError value) {
            this.error = value;
            return this;
        }

        /**
         * Sets the members of Playtcha's 2xx response.
         *
         * @param value copied
         * @return this
         */
        public Builder fields(Map<String, ? extends @Nullable Object> value) {
            this.fields = Collections.unmodifiableMap(new LinkedHashMap<>(value));
            return this;
        }

        /**
         * Sets when the item was started.
         *
         * @param value {@link #getResolvedAt()} by default
         * @return this
         */
        public Builder startedAt(Instant value) {
            this.startedAt = value;
            return this;
        }

        /**
         * Sets the number of polls.
         *
         * @param value 0 by default
         * @return this
         */
        public Builder attempts(int value) {
            this.attempts = value;
            return this;
        }

        /**
         * Builds the result.
         *
         * @return a new result
         */
        public LateResult build() {
            return new LateResult(this);
        }
    }
}
