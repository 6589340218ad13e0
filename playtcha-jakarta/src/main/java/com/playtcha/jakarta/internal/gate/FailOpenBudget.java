package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.internal.util.Expiry;
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

    /** Counts one unverified request and returns its time; null if the budget is spent. */
    synchronized @Nullable Long tryAcquire() {
        long now = nanoTime.getAsLong();
        if (perMinute.isEmpty()) {
            return now;
        }
        Expiry.removeExpired(allowed, at -> now - at >= MINUTE);
        return allowed.size() < perMinute.getAsInt() && allowed.add(now) ? now : null;
    }

    /**
     * Undoes the count of a request that was denied after all. Those that were counted meanwhile stay, each for its own
     * minute.
     */
    synchronized void release(long acquiredAt) {
        allowed.removeLastOccurrence(acquiredAt);
    }
}
