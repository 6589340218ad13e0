package com.playtcha.jakarta.internal.late.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The numbers of items that have not ended, and the times of the oldest. */
public record Counts(
        long awaiting,
        long ready,
        long dead,
        @Nullable Instant oldestReady,
        @Nullable Instant oldestDead,
        @Nullable Instant earliestRetry) {

    /** Larger numbers are not counted further, since a count of millions takes seconds. */
    public static final int MOST = 100_000;

    public static final Counts NONE = new Counts(0, 0, 0, null, null, null);

    /** Returns the earlier of two instants, null where both are absent. */
    public static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }
}
