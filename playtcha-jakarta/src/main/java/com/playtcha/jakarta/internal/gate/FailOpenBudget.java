package com.playtcha.jakarta.internal.gate;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How many unverified passes a guard still has in the sliding minute ({@code fail-open-per-minute}). Thread-safe. */
final class FailOpenBudget {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final OptionalInt perMinute;
    private final LongSupplier nanoTime;
    private final ArrayDeque<Long> passes = new ArrayDeque<>();

    FailOpenBudget(OptionalInt perMinute, LongSupplier nanoTime) {
        this.perMinute = perMinute;
        this.nanoTime = nanoTime;
    }

    /** A pass that was taken. */
    interface Taken {
        /** It was not used. */
        void giveBack();
    }

    /** Takes one pass; null when the minute's passes are spent. */
    synchronized @Nullable Taken tryTake() {
        if (perMinute.isEmpty()) {
            return () -> {};
        }
        long now = nanoTime.getAsLong();
        while (!passes.isEmpty() && now - passes.peekFirst() >= MINUTE) {
            passes.removeFirst();
        }
        if (passes.size() >= perMinute.getAsInt()) {
            return null;
        }
        passes.addLast(now);
        return () -> giveBack(now);
    }

    private synchronized void giveBack(Long takenAt) {
        passes.removeLastOccurrence(takenAt);
    }
}
