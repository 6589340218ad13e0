package com.playtcha.jakarta.internal.challenge;

import com.playtcha.jakarta.FailureCounter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
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
    private final LinkedHashMap<String, ArrayDeque<Long>> failures = new LinkedHashMap<>();
    /** The longest of the windows so far. */
    private long kept;

    private @Nullable Long lostAt;

    RecentFailures(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public synchronized void record(String key, Duration window) {
        long now = nanoTime.getAsLong();
        kept = Math.max(kept, window.toNanos());
        removeExpired(now);
        ArrayDeque<Long> times = failures.remove(key);
        if (times == null && failures.size() >= CAPACITY) {
            lostAt = now;
            return;
        }
        times = times == null ? new ArrayDeque<>(2) : times;
        times.addLast(now);
        if (times.size() > MAX_PER_KEY) {
            times.removeFirst();
        }
        failures.put(key, times);
    }

    private void removeExpired(long now) {
        Iterator<Map.Entry<String, ArrayDeque<Long>>> oldest =
                failures.entrySet().iterator();
        while (oldest.hasNext() && now - oldest.next().getValue().getLast() >= kept) {
            oldest.remove();
        }
    }

    @Override
    public synchronized int count(String key, Duration window) {
        long now = nanoTime.getAsLong();
        if (lostAt != null && now - lostAt < window.toNanos()) {
            return Integer.MAX_VALUE;
        }
        ArrayDeque<Long> times = failures.get(key);
        return times == null
                ? 0
                : (int) times.stream().filter(at -> now - at < window.toNanos()).count();
    }

    @Override
    public synchronized void clear(String key) {
        failures.remove(key);
    }
}
