package com.playtcha.jakarta.internal.gate;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

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

    /** Counts one unverified request; returns an action that undoes it, or null if the budget is spent. */
    synchronized @Nullable Runnable tryAcquire() {
        if (perMinute.isEmpty()) {
            return () -> {};
        }
        long now = nanoTime.getAsLong();
        while (!allowed.isEmpty() && now - allowed.peekFirst() >= MINUTE) {
            allowed.removeFirst();
        }
        if (allowed.size() >= perMinute.getAsInt()) {
            return null;
        }
        allowed.addLast(now);
        return () -> release(now);
    }

    private synchronized void release(Long allowedAt) {
        allowed.removeLastOccurrence(allowedAt);
    }
}
