package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.Counts;
import com.playtcha.jakarta.late.LateMetrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counters and gauges of the engine. Thread-safe. */
public final class EngineMetrics {
    private final Map<LateCounter, LongAdder> counters = new EnumMap<>(LateCounter.class);
    private volatile Counts store = Counts.NONE;
    private final @Nullable SpoolDirectory letters;
    private volatile int overdueHandlers;
    private volatile @Nullable Instant observedAt;

    EngineMetrics(@Nullable SpoolDirectory letters) {
        this.letters = letters;
        for (LateCounter count : LateCounter.values()) {
            counters.put(count, new LongAdder());
        }
    }

    void add(LateCounter count) {
        adder(count).increment();
    }

    /** Changes whenever something is counted. */
    long total() {
        long total = 0;
        for (LongAdder adder : counters.values()) {
            total += adder.sum();
        }
        return total;
    }

    private LongAdder adder(LateCounter count) {
        LongAdder adder = counters.get(count);
        if (adder == null) {
            throw new IllegalStateException("every count has its adder");
        }
        return adder;
    }

    void observe(Counts counts, Instant now) {
        this.store = counts;
        this.observedAt = now;
    }

    void observeOverdueHandlers(int value) {
        this.overdueHandlers = value;
    }

    /**
     * How often something happened since the start, on this node.
     *
     * @param count what
     * @return 0 or more
     */
    public long get(LateCounter count) {
        return adder(count).sum();
    }

    /**
     * What is at work in the store, on all nodes.
     *
     * @return as of the last look: while the store works, at most five seconds ago where this node had anything to do
     *     since, else a minute
     */
    public Counts store() {
        return store;
    }

    /**
     * What waits in the dead-letter directory of this node.
     *
     * @return null where there is no directory
     */
    public SpoolDirectory.@Nullable Load directory() {
        return letters == null ? null : letters.load();
    }

    /**
     * Handlers that are past their time limit and have not returned yet; each holds one of the places.
     *
     * @return 0 or more
     */
    public int overdueHandlers() {
        return overdueHandlers;
    }

    /**
     * Dead letters in all: in the store, and all files in this node's directory.
     *
     * @return 0 or more
     */
    public long deadLetters() {
        SpoolDirectory.Load load = directory();
        return store.dead() + (load == null ? 0 : load.files());
    }

    /**
     * How long the oldest dead letter has been one.
     *
     * @param now the time
     * @return zero where there is none
     */
    public Duration oldestDeadLetter(Instant now) {
        Instant oldest = store.oldestDead();
        SpoolDirectory.Load load = directory();
        Instant other = load == null ? null : load.oldest();
        if (oldest == null || (other != null && other.isBefore(oldest))) {
            oldest = other;
        }
        return since(oldest, now);
    }

    /**
     * How long what is due first, of results to be handed over and of dead letters, has been due.
     *
     * @param now the time
     * @return zero where nothing is due
     */
    public Duration overdue(Instant now) {
        Instant ready = store.oldestReady();
        Instant retry = store.earliestRetry();
        Instant first = ready == null || (retry != null && retry.isBefore(ready)) ? retry : ready;
        return since(first, now);
    }

    /**
     * When the store was last looked at.
     *
     * @return null before the first time
     */
    public @Nullable Instant observedAt() {
        return observedAt;
    }

    static Duration since(@Nullable Instant then, Instant now) {
        return then == null || then.isAfter(now) ? Duration.ZERO : Duration.between(then, now);
    }

    /**
     * These, as an application sees them.
     *
     * @param clock what time it is
     * @return live
     */
    public LateMetrics figures(Clock clock) {
        return new StatsFigures(this, clock);
    }
}
