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
