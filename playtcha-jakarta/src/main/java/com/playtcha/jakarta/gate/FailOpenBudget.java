package com.playtcha.jakarta.gate;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

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

    /** Takes one pass; false when the minute's passes are spent. */
    synchronized boolean tryTake() {
        if (perMinute.isEmpty()) {
            return true;
        }
        long now = nanoTime.getAsLong();
        while (!passes.isEmpty() && now - passes.peekFirst() >= MINUTE) {
            passes.removeFirst();
        }
        if (passes.size() >= perMinute.getAsInt()) {
            return false;
        }
        passes.addLast(now);
        return true;
    }
}
