package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateResult;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** How the work on a claimed item ended. */
public sealed interface Settlement {

    Lease lease();

    /** The handler returned: the item ends, and is deleted after {@code purgeAt}. */
    record Delivered(Lease lease, Instant purgeAt) implements Settlement {

        /**
         * Returns a delivery with a time of deletion that no other delivery of the item has, since its milliseconds are
         * those of the fence.
         */
        public static Delivered after(Duration retention, Lease lease, Instant now) {
            Instant second = now.plus(retention).truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
            return new Delivered(lease, second.plusMillis(lease.fence() % 1000));
        }
    }

    /**
     * The handler did not complete the item. It waits in the next queue, which is {@code RETRY}, {@code HUNG} or
     * {@code DEAD}, and is due at {@code dueAt}.
     *
     * @param failures how often the handler has failed, this call included if it did
     */
    record Failed(Lease lease, WorkQueue next, int failures, String error, Instant dueAt) implements Settlement {}

    /** The item is released as if it had not been claimed; its result is not replaced if the handler was {@code called}. */
    record Released(Lease lease, boolean called) implements Settlement {}

    /** An awaited item is released until {@code dueAt}; a null error leaves the last one. */
    record Rescheduled(
            Lease lease,
            Instant dueAt,
            int attempts,
            boolean sent,
            @Nullable String error) implements Settlement {}

    /** An awaited item has its result, and is due for delivery; its token is deleted. */
    record Resolved(Lease lease, LateResult result) implements Settlement {}
}
