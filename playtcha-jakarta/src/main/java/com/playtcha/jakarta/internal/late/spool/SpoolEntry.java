package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.internal.late.store.FailOpenRecord;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One file of the spool: a result, a fail-open record, or, with neither, the fact that an operator discarded the item.
 *
 * @param error why the store did not take it
 * @param attempts how often the store has failed to take it since this process started
 * @param dueAt when the store is tried next
 * @param version tells a file from one that has replaced it
 */
public record SpoolEntry(
        String id,
        LateKind kind,
        @Nullable LateResult result,
        @Nullable FailOpenRecord failOpen,
        String error,
        Instant createdAt,
        int attempts,
        Instant dueAt,
        @Nullable Object version) {

    static SpoolEntry of(LateResult result, String error, Instant now) {
        return new SpoolEntry(result.getId(), result.getKind(), result, null, error, now, 0, now, null);
    }

    static SpoolEntry of(FailOpenRecord failOpen, String error, Instant now) {
        return new SpoolEntry(failOpen.item().id(), failOpen.item().kind(), null, failOpen, error, now, 0, now, null);
    }

    static SpoolEntry discarded(String id, LateKind kind, Instant now) {
        return new SpoolEntry(id, kind, null, null, "An operator discarded the item", now, 0, now, null);
    }

    /** Returns this entry with the state that is kept in memory. */
    SpoolEntry of(SpoolIndex.SpooledFile file) {
        String lastError = file.error == null ? error : file.error;
        return new SpoolEntry(id, kind, result, failOpen, lastError, createdAt, file.attempts, file.dueAt(), file);
    }

    public boolean isDiscarded() {
        return result == null && failOpen == null;
    }

    /** Returns the item as an operator sees it: its handler has not been called. */
    public LateItem item() {
        LateState state = isDiscarded() ? LateState.DISCARDED : result == null ? LateState.AWAITING : LateState.READY;
        return new LateItem(
                id,
                kind,
                state,
                result == null ? null : result.getOutcome(),
                true,
                result == null ? 0 : result.getAttempts(),
                0,
                dueAt,
                failOpen == null ? dueAt : failOpen.item().expiresAt(),
                error,
                createdAt,
                createdAt,
                true);
    }
}
