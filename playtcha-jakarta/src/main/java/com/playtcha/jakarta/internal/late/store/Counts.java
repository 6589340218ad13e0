package com.playtcha.jakarta.internal.late.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The numbers of items that have not ended, when the first call of a handler is due, and the age of the dead letters. */
public record Counts(
        long awaiting,
        long ready,
        long dead,
        @Nullable Instant earliestDue,
        @Nullable Instant oldestDead) {

    /** Larger numbers are not counted further, since a count of millions takes seconds. */
    public static final int MOST = 100_000;

    public static final Counts NONE = new Counts(0, 0, 0, null, null);
}
