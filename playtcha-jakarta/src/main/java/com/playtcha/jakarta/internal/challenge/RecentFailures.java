package com.playtcha.jakarta.internal.challenge;

import com.playtcha.jakarta.FailureCounter;
import com.playtcha.jakarta.internal.util.Expiry;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Recent failures in memory, by key. If there is no room for one, every key counts as failed until the window has passed:
 * an evicted key could start again from zero. Thread-safe.
 */
final class RecentFailures implements FailureCounter {
    static final int CAPACITY = 100_000;
    /** As many as {@code after-failures} can ask for. */
    private static final int MAX_PER_KEY = 100;

    private final LongSupplier nanoTime;
    /** The times of the latest failures by their key; the key whose last failure is oldest comes first. */
    private final LinkedHashMap<String, Times> failures = new LinkedHashMap<>();
    /** The longest of the windows so far. */
    private long kept;

    private @Nullable Long lostAt;

    /** Times in their order. As objects, those of all keys would take 300 MB. */
    private static final class Times {
        private long[] at = new long[1];
        private int count;

        void add(long now) {
            if (count == MAX_PER_KEY) {
                count--;
                System.arraycopy(at, 1, at, 0, count);
            } else if (count == at.length) {
                at = Arrays.copyOf(at, Math.min(2 * count, MAX_PER_KEY));
            }
            at[count++] = now;
        }

        boolean isExpired(long now, long window) {
            return now - at[count - 1] >= window;
        }

        int within(long now, long window) {
            return (int) Arrays.stream(at, 0, count)
                    .filter(time -> now - time < window)
                    .count();
        }
    }

    RecentFailures(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public synchronized void record(String key, Duration window) {
        long now = nanoTime.getAsLong();
        kept = Math.max(kept, window.toNanos());
        Expiry.removeExpired(failures.values(), oldest -> oldest.isExpired(now, kept));
        Times times = failures.remove(key);
        if (times == null && failures.size() >= CAPACITY) {
            lostAt = now;
            return;
        }
        times = times == null ? new Times() : times;
        times.add(now);
        failures.put(key, times);
    }

    @Override
    public synchronized int count(String key, Duration window) {
        long now = nanoTime.getAsLong();
        if (lostAt != null && now - lostAt < window.toNanos()) {
            return Integer.MAX_VALUE;
        }
        Times times = failures.get(key);
        return times == null ? 0 : times.within(now, window.toNanos());
    }

    @Override
    public synchronized void clear(String key) {
        failures.remove(key);
    }
}
