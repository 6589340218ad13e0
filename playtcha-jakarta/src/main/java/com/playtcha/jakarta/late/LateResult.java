package com.playtcha.jakarta.late;

import com.playtcha.jakarta.UpstreamError;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A result that came late (contract, section 7). Immutable, with bean getters. Its texts come from the network: escape
 * them wherever they are shown.
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
     * Starts a result.
     *
     * @param id of the item
     * @param kind of the item
     * @param outcome what came of it
     * @param resolvedAt when that was known
     * @return a builder
     */
    public static Builder of(String id, LateKind kind, LateOutcome outcome, Instant resolvedAt) {
        return new Builder(id, kind, outcome, resolvedAt);
    }

    /**
     * The item's id, and the idempotence key of its handling: one id never has two results. For a late verdict, what the
     * request carried in attribute {@code playtcha.deferral-id}; for a task, the id it was tracked or called back under.
     *
     * @return at most 200 characters
     */
    public String getId() {
        return id;
    }

    /**
     * What kind of item it was.
     *
     * @return never null
     */
    public LateKind getKind() {
        return kind;
    }

    /**
     * What came of it.
     *
     * @return never null
     */
    public LateOutcome getOutcome() {
        return outcome;
    }

    /**
     * The result of a task, as the service sent it.
     *
     * @return null unless the outcome is {@link LateOutcome#COMPLETED}
     */
    public @Nullable String getCode() {
        return code;
    }

    /**
     * Why the service says that there will be no result.
     *
     * @return null unless the outcome is {@link LateOutcome#FAILED}
     */
    public @Nullable String getFailure() {
        return failure;
    }

    /**
     * Playtcha's error envelope.
     *
     * @return null where there was none: it is never invented
     */
    public @Nullable UpstreamError getError() {
        return error;
    }

    /**
     * All members of Playtcha's 2xx answer.
     *
     * @return unmodifiable; empty where there was no such answer; values as in {@link UpstreamError#getFields()}
     */
    public Map<String, @Nullable Object> getFields() {
        return fields;
    }

    /**
     * When the request arrived that was let through, or when the task was tracked (for one that never was: when its
     * callback came).
     *
     * @return never null
     */
    public Instant getStartedAt() {
        return startedAt;
    }

    /**
     * When the result was known.
     *
     * @return never null
     */
    public Instant getResolvedAt() {
        return resolvedAt;
    }

    /**
     * How often Playtcha was asked, or the service polled, after the request or the tracking.
     *
     * @return 0 or more
     */
    public int getAttempts() {
        return attempts;
    }

    /**
     * The same result, as part of an item's history.
     *
     * @param startedAt when the item began
     * @param attempts how often it was asked for
     * @return a result
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

    /** Without what was delivered: a log line may hold it. */
    @Override
    public String toString() {
        return "LateResult[" + kind + ", " + outcome + ", error=" + error + ", attempts=" + attempts + "]";
    }

    /** Collects the parts of a {@link LateResult}. Not thread-safe. */
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
         * Sets why a task has no result.
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
         * Sets the members of a 2xx answer.
         *
         * @param value copied
         * @return this
         */
        public Builder fields(Map<String, ? extends @Nullable Object> value) {
            this.fields = Collections.unmodifiableMap(new LinkedHashMap<>(value));
            return this;
        }

        /**
         * Sets when the item began.
         *
         * @param value the time of the result by default
         * @return this
         */
        public Builder startedAt(Instant value) {
            this.startedAt = value;
            return this;
        }

        /**
         * Sets how often the result was asked for.
         *
         * @param value 0 by default
         * @return this
         */
        public Builder attempts(int value) {
            this.attempts = value;
            return this;
        }

        /**
         * Makes the result.
         *
         * @return immutable
         */
        public LateResult build() {
            return new LateResult(this);
        }
    }
}
