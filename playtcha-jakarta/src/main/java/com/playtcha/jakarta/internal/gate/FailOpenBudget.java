package com.playtcha.jakarta.internal.gate;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/** Limits the requests a guard allows unverified in a sliding minute ({@code fail-open-per-minute}). Thread-safe. */
final class FailOpenBudget {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final OptionalInt perMinute;
    private final LongSupplier nanoTime;
    private final ArrayDeque<Long> allowed = new ArrayDeque<>();

    FailOpenBudget(OptionalInt perMinute, LongSupplier nanoTime) {
        this.perMinute = perMinute;
        this.nanoTime = nanoTime;
    }

    /** Counts one unverified request; returns false if the budget is spent. */
    synchronized boolean tryAcquire() {
        if (perMinute.isEmpty()) {
            return true;
        }
        long now = nanoTime.getAsLong();
        while (!allowed.isEmpty() && now - allowed.peekFirst() >= MINUTE) {
            allowed.removeFirst();
        }
        return allowed.size() < perMinute.getAsInt() && allowed.add(now);
    }

    /** Undoes the last one, whose request was denied after all. */
    synchronized void release() {
        allowed.pollLast();
    }
}
