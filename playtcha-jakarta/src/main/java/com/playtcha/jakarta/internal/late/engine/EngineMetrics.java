package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.LateStore.Counts;
import com.playtcha.jakarta.late.LateMetrics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The engine's counters and gauges, which the log, JMX and the API share. Thread-safe. */
public final class EngineMetrics implements LateMetrics {
    /** The counters, described in {@code LateMetrics.getCounters}. */
    public enum LateCounter {
        TRACKED,
        UNTRACKED,
        REPEATED,
        ACCEPTED,
        DUPLICATE,
        DIFFERENT,
        REFUSED,
        SPOOLED,
        DRAINED,
        ASKED,
        POLLED,
        DELIVERED,
        EXPIRED,
        HANDLER_FAILED,
        STALE,
        UNKEPT,
        STORE_FAILED
    }

    private final AtomicLongArray counters = new AtomicLongArray(LateCounter.values().length);
    private final @Nullable SpoolDirectory spool;
    private final InstantSource clock;
    private volatile Counts store = Counts.NONE;
    private volatile Instant observedAt;
    private volatile int overdueHandlers;
    private volatile boolean paused;

    EngineMetrics(@Nullable SpoolDirectory spool, InstantSource clock) {
        this.spool = spool;
        this.clock = clock;
        this.observedAt = clock.instant();
    }

    void add(LateCounter counter) {
        counters.incrementAndGet(counter.ordinal());
    }

    /** Returns the sum of all counters, which changes whenever something is counted. */
    long total() {
        return IntStream.range(0, counters.length()).mapToLong(counters::get).sum();
    }

    void observe(Counts counts) {
        store = counts;
        observedAt = clock.instant();
    }

    void observeOverdueHandlers(int value) {
        overdueHandlers = value;
    }

    void observePaused(boolean value) {
        paused = value;
    }

    public long get(LateCounter counter) {
        return counters.get(counter.ordinal());
    }

    @Override
    public long getAwaiting() {
        return store.awaiting();
    }

    @Override
    public long getReady() {
        return store.ready();
    }

    @Override
    public long getPending() {
        return store.awaiting() + store.ready();
    }

    @Override
    public long getRetrying() {
        return store.retrying();
    }

    @Override
    public Duration getOldestRetryingAge() {
        return since(store.oldestRetrying());
    }

    @Override
    public long getDeadLetters() {
        return store.dead();
    }

    @Override
    public Duration getOldestDeadLetterAge() {
        return since(store.oldestDead());
    }

    @Override
    public Duration getOverdue() {
        return since(store.earliestDue());
    }

    @Override
    public int getSpoolFiles() {
        return spool == null ? 0 : spool.load().files();
    }

    @Override
    public long getSpoolBytes() {
        return spool == null ? 0 : spool.load().bytes();
    }

    @Override
    public int getOverdueHandlers() {
        return overdueHandlers;
    }

    @Override
    public boolean isPaused() {
        return paused;
    }

    @Override
    public Duration getTimeSinceCount() {
        return since(observedAt);
    }

    @Override
    public Map<String, Long> getCounters() {
        Map<String, Long> all = new LinkedHashMap<>();
        for (LateCounter counter : LateCounter.values()) {
            all.put(counter.name().toLowerCase(Locale.ROOT).replace('_', '-'), get(counter));
        }
        return Collections.unmodifiableMap(all);
    }

    Duration since(@Nullable Instant then) {
        Instant now = clock.instant();
        return then == null || then.isAfter(now) ? Duration.ZERO : Duration.between(then, now);
    }
}
