package com.playtcha.jakarta.late;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A late verdict or a task and its state (contract, section 7). It contains neither token nor result.
 *
 * @param id the item's id as it was received; escape it where it is shown
 * @param kind whether it is a late verdict or a task
 * @param state its state
 * @param outcome its outcome, null while it is awaited
 * @param tracked false for the callback of an id that was not tracked
 * @param attempts how often Playtcha or the service was polled for its result
 * @param failures how often its handler failed
 * @param dueAt when it is processed next; for a final item, when it is deleted
 * @param expiresAt when it expires unless a result arrives
 * @param lastError the last error, at most 1000 characters; null where there was none
 * @param createdAt when it was stored or spooled
 * @param updatedAt when it last changed
 * @param spooled true while it is kept in the spool, because the store is down
 * @since 0.1
 */
public record LateItem(
        String id,
        LateKind kind,
        LateState state,
        @Nullable LateOutcome outcome,
        boolean tracked,
        int attempts,
        int failures,
        Instant dueAt,
        Instant expiresAt,
        @Nullable String lastError,
        Instant createdAt,
        Instant updatedAt,
        boolean spooled) {
    /**
     * Returns {@link #id()}, for Expression Language.
     *
     * @return {@link #id()}
     */
    public String getId() {
        return id;
    }

    /**
     * Returns {@link #kind()}, for Expression Language.
     *
     * @return {@link #kind()}
     */
    public LateKind getKind() {
        return kind;
    }

    /**
     * Returns {@link #state()}, for Expression Language.
     *
     * @return {@link #state()}
     */
    public LateState getState() {
        return state;
    }

    /**
     * Returns {@link #outcome()}, for Expression Language.
     *
     * @return {@link #outcome()}
     */
    public @Nullable LateOutcome getOutcome() {
        return outcome;
    }

    /**
     * Returns {@link #attempts()}, for Expression Language.
     *
     * @return {@link #attempts()}
     */
    public int getAttempts() {
        return attempts;
    }

    /**
     * Returns {@link #failures()}, for Expression Language.
     *
     * @return {@link #failures()}
     */
    public int getFailures() {
        return failures;
    }

    /**
     * Returns {@link #dueAt()}, for Expression Language.
     *
     * @return {@link #dueAt()}
     */
    public Instant getDueAt() {
        return dueAt;
    }

    /**
     * Returns {@link #expiresAt()}, for Expression Language.
     *
     * @return {@link #expiresAt()}
     */
    public Instant getExpiresAt() {
        return expiresAt;
    }

    /**
     * Returns {@link #lastError()}, for Expression Language.
     *
     * @return {@link #lastError()}
     */
    public @Nullable String getLastError() {
        return lastError;
    }

    /**
     * Returns {@link #createdAt()}, for Expression Language.
     *
     * @return {@link #createdAt()}
     */
    public Instant getCreatedAt() {
        return createdAt;
    }

    /**
     * Returns {@link #updatedAt()}, for Expression Language.
     *
     * @return {@link #updatedAt()}
     */
    public Instant getUpdatedAt() {
        return updatedAt;
    }

    /**
     * Returns {@link #tracked()}, for Expression Language.
     *
     * @return {@link #tracked()}
     */
    public boolean isTracked() {
        return tracked;
    }

    /**
     * Returns {@link #spooled()}, for Expression Language.
     *
     * @return {@link #spooled()}
     */
    public boolean isSpooled() {
        return spooled;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LateItem that
                && id.equals(that.id)
                && kind == that.kind
                && state == that.state
                && outcome == that.outcome
                && tracked == that.tracked
                && attempts == that.attempts
                && failures == that.failures
                && dueAt.equals(that.dueAt)
                && expiresAt.equals(that.expiresAt)
                && Objects.equals(lastError, that.lastError)
                && createdAt.equals(that.createdAt)
                && updatedAt.equals(that.updatedAt)
                && spooled == that.spooled;
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, state, dueAt, updatedAt);
    }
}
