package com.playtcha.jakarta.late;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An item as an operator or the application sees it. Carries neither token nor result.
 *
 * @param id of the item, as given; not to be trusted as text
 * @param kind what it waits for
 * @param state how far it has come
 * @param outcome what came of it, null while awaited
 * @param tracked false for a callback whose id nobody tracked
 * @param attempts how often the result was asked for
 * @param failures how often the handler, or putting it into the store, failed
 * @param dueAt when something happens next; for a final item, when it is forgotten
 * @param expiresAt when it ends without a result
 * @param lastError the last thing that went wrong, bounded, null for none
 * @param createdAt when it was stored
 * @param updatedAt when it last changed
 * @param spooled true for one that waits in the dead-letter directory for the store to return
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
     * {@link #id()}, for Expression Language.
     *
     * @return the same
     */
    public String getId() {
        return id;
    }

    /**
     * {@link #kind()}, for Expression Language.
     *
     * @return the same
     */
    public LateKind getKind() {
        return kind;
    }

    /**
     * {@link #state()}, for Expression Language.
     *
     * @return the same
     */
    public LateState getState() {
        return state;
    }

    /**
     * {@link #outcome()}, for Expression Language.
     *
     * @return the same
     */
    public @Nullable LateOutcome getOutcome() {
        return outcome;
    }

    /**
     * {@link #attempts()}, for Expression Language.
     *
     * @return the same
     */
    public int getAttempts() {
        return attempts;
    }

    /**
     * {@link #failures()}, for Expression Language.
     *
     * @return the same
     */
    public int getFailures() {
        return failures;
    }

    /**
     * {@link #dueAt()}, for Expression Language.
     *
     * @return the same
     */
    public Instant getDueAt() {
        return dueAt;
    }

    /**
     * {@link #expiresAt()}, for Expression Language.
     *
     * @return the same
     */
    public Instant getExpiresAt() {
        return expiresAt;
    }

    /**
     * {@link #lastError()}, for Expression Language.
     *
     * @return the same
     */
    public @Nullable String getLastError() {
        return lastError;
    }

    /**
     * {@link #createdAt()}, for Expression Language.
     *
     * @return the same
     */
    public Instant getCreatedAt() {
        return createdAt;
    }

    /**
     * {@link #updatedAt()}, for Expression Language.
     *
     * @return the same
     */
    public Instant getUpdatedAt() {
        return updatedAt;
    }

    /**
     * {@link #tracked()}, for Expression Language.
     *
     * @return the same
     */
    public boolean isTracked() {
        return tracked;
    }

    /**
     * {@link #spooled()}, for Expression Language.
     *
     * @return the same
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
