package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.internal.late.store.FailOpenRecord;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One file of the dead-letter directory: a result, or an unverified pass that is to be tracked; never both.
 *
 * @param name of the file
 * @param result null in a letter about a pass
 * @param pass null in a letter about a result
 * @param attempts how often it was tried in vain to put it into the store
 * @param lastError why, the last time
 * @param createdAt when it was written first
 * @param dueAt when to try the store again
 */
public record SpoolEntry(
        String name,
        @Nullable LateResult result,
        @Nullable FailOpenRecord pass,
        int attempts,
        String lastError,
        Instant createdAt,
        Instant dueAt) {

    /**
     * The item this is about.
     *
     * @return its id
     */
    public String id() {
        if (result != null) {
            return result.getId();
        }
        return pass == null ? "" : pass.item().id();
    }

    /**
     * As an operator sees it.
     *
     * @return in the directory
     */
    public LateItem item() {
        LateResult known = result;
        return new LateItem(
                id(),
                known != null ? known.getKind() : LateKind.LATE_VERDICT,
                known != null ? LateState.DEAD_LETTER : LateState.AWAITING,
                known != null ? known.getOutcome() : null,
                true,
                known != null ? known.getAttempts() : 0,
                attempts,
                dueAt,
                pass == null ? dueAt : pass.item().expiresAt(),
                lastError,
                createdAt,
                createdAt,
                true);
    }
}
