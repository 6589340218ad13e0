package com.playtcha.jakarta.late;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A late verdict or a task and its state. It contains neither token nor result. Immutable, with bean getters. Its id and
 * its last error come from outside: escape them where they are shown.
 *
 * @since 0.1
 */
public final class LateItem {
    private final String id;
    private final LateKind kind;
    private final LateState state;
    private final @Nullable LateOutcome outcome;
    private final boolean tracked;
    private final int attempts;
    private final int failures;
    private final Instant dueAt;
    private final Instant expiresAt;
    private final @Nullable String lastError;
    private final @Nullable Instant failedSince;
    private final Instant createdAt;
    private final Instant updatedAt;
    private final boolean spooled;

    private LateItem(Builder builder) {
        this.id = builder.id;
        this.kind = builder.kind;
        this.state = builder.state;
        this.outcome = builder.outcome;
        this.tracked = builder.tracked;
        this.attempts = builder.attempts;
        this.failures = builder.failures;
        this.dueAt = builder.dueAt;
        this.expiresAt = builder.expiresAt;
        this.lastError = builder.lastError;
        this.failedSince = builder.failedSince;
        this.createdAt = builder.createdAt;
        this.updatedAt = builder.updatedAt;
        this.spooled = builder.spooled;
    }

    /**
     * Returns a builder, for the test of code that reads items.
     *
     * @param id the item's id
     * @param kind the item's kind
     * @param state the item's state
     * @return a new builder
     */
    public static Builder of(String id, LateKind kind, LateState state) {
        return new Builder(id, kind, state);
    }

    /**
     * Returns the item's id as it was received.
     *
     * @return 1 to 200 characters
     */
    public String getId() {
        return id;
    }

    /**
     * Returns whether it is a late verdict or a task.
     *
     * @return never null
     */
    public LateKind getKind() {
        return kind;
    }

    /**
     * Returns the item's state.
     *
     * @return never null
     */
    public LateState getState() {
        return state;
    }

    /**
     * Returns the item's outcome.
     *
     * @return null while it is awaited
     */
    public @Nullable LateOutcome getOutcome() {
        return outcome;
    }

    /**
     * Returns whether the item was tracked.
     *
     * @return false for the callback of an id that was not tracked
     */
    public boolean isTracked() {
        return tracked;
    }

    /**
     * Returns how often Playtcha or the service was polled for the result.
     *
     * @return 0 or more
     */
    public int getAttempts() {
        return attempts;
    }

    /**
     * Returns how often the handler failed.
     *
     * @return 0 or more
     */
    public int getFailures() {
        return failures;
    }

    /**
     * Returns when the item is processed next; for a final item, when it is deleted.
     *
     * @return never null; of no meaning for a {@link LateState#DEAD_LETTER}
     */
    public Instant getDueAt() {
        return dueAt;
    }

    /**
     * Returns when the item expires unless a result arrives.
     *
     * @return never null
     */
    public Instant getExpiresAt() {
        return expiresAt;
    }

    /**
     * Returns the last error, or why the handler gave up or asked for a later call.
     *
     * @return at most 1000 characters; null where there was none
     */
    public @Nullable String getLastError() {
        return lastError;
    }

    /**
     * Returns when the handler failed first, or asked for a later call.
     *
     * @return null where it did neither, and while the item is spooled
     */
    public @Nullable Instant getFailedSince() {
        return failedSince;
    }

    /**
     * Returns when the item was stored or spooled.
     *
     * @return never null
     */
    public Instant getCreatedAt() {
        return createdAt;
    }

    /**
     * Returns when the item last changed.
     *
     * @return never null
     */
    public Instant getUpdatedAt() {
        return updatedAt;
    }

    /**
     * Returns whether the item is kept in the spool, because the store is down.
     *
     * @return true while it is in {@code late-dir}
     */
    public boolean isSpooled() {
        return spooled;
    }

    /** Omits the id and the error, which come from outside, so that the text may be logged. */
    @Override
    public String toString() {
        return "LateItem[" + kind + ", " + state + ", attempts=" + attempts + ", failures=" + failures + "]";
    }

    /** Builds a {@link LateItem}. Not thread-safe. */
    public static final class Builder {
        private final String id;
        private final LateKind kind;
        private final LateState state;
        private @Nullable LateOutcome outcome;
        private boolean tracked = true;
        private int attempts;
        private int failures;
        private Instant dueAt = Instant.EPOCH;
        private Instant expiresAt = Instant.EPOCH;
        private @Nullable String lastError;
        private @Nullable Instant failedSince;
        private Instant createdAt = Instant.EPOCH;
        private Instant updatedAt = Instant.EPOCH;
        private boolean spooled;

        private Builder(String id, LateKind kind, LateState state) {
            this.id = Objects.requireNonNull(id, "id");
            this.kind = Objects.requireNonNull(kind, "kind");
            this.state = Objects.requireNonNull(state, "state");
        }

        /**
         * Sets what {@link LateItem#getOutcome} returns.
         *
         * @param value null by default
         * @return this
         */
        public Builder outcome(@Nullable LateOutcome value) {
            this.outcome = value;
            return this;
        }

        /**
         * Sets what {@link LateItem#isTracked} returns.
         *
         * @param value true by default
         * @return this
         */
        public Builder tracked(boolean value) {
            this.tracked = value;
            return this;
        }

        /**
         * Sets what {@link LateItem#getAttempts} returns.
         *
         * @param value 0 by default
         * @return this
         */
        public Builder attempts(int value) {
            this.attempts = value;
            return this;
        }

        /**
         * Sets what {@link LateItem#getFailures} returns.
         *
         * @param value 0 by default
         * @return this
         */
        public Builder failures(int value) {
            this.failures = value;
            return this;
        }

        /**
         * Sets what {@link LateItem#getDueAt} returns.
         *
         * @param value 1970 by default
         * @return this
         */
        public Builder dueAt(Instant value) {
            this.dueAt = value;
            return this;
        }

        /**
         * Sets what {@link LateItem#getExpiresAt} returns.
         *
         * @param value 1970 by default
         * @return this
         */
        public Builder expiresAt(Instant value) {
            this.expiresAt = value;
            return this;
        }

        /**
         * Sets what {@link LateItem#getLastError} returns.
         *
         * @param value null by default
         * @return this
         */
        public Builder lastError(@Nullable String value) {
            this.lastError = value;
            return this;
        }

        /**
         * Sets what {@link LateItem#getFailedSince} returns.
         *
         * @param value null by default
         * @return this
         */
        public Builder failedSince(@Nullable Instant value) {
            this.failedSince = value;
            return this;
        }

        /**
         * Sets what {@link LateItem#getCreatedAt} returns.
         *
         * @param value 1970 by default
         * @return this
         */
        public Builder createdAt(Instant value) {
            this.createdAt = value;
            return this;
        }

        /**
         * Sets what {@link LateItem#getUpdatedAt} returns.
         *
         * @param value 1970 by default
         * @return this
         */
        public Builder updatedAt(Instant value) {
            this.updatedAt = value;
            return this;
        }

        /**
         * Sets what {@link LateItem#isSpooled} returns.
         *
         * @param value false by default
         * @return this
         */
        public Builder spooled(boolean value) {
            this.spooled = value;
            return this;
        }

        /**
         * Builds the item.
         *
         * @return a new item
         */
        public LateItem build() {
            return new LateItem(this);
        }
    }
}
