package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.late.LateMetrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The engine's figures, under the names that the application knows them by. */
final class StatsFigures implements LateMetrics {
    private final EngineMetrics stats;
    private final Clock clock;
    private final Instant startedAt;

    StatsFigures(EngineMetrics stats, Clock clock) {
        this.stats = stats;
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    @Override
    public long getAwaiting() {
        return stats.store().awaiting();
    }

    @Override
    public long getReady() {
        return stats.store().ready();
    }

    @Override
    public long getPending() {
        return stats.store().awaiting() + stats.store().ready();
    }

    @Override
    public long getDeadLetters() {
        return stats.deadLetters();
    }

    @Override
    public Duration getOldestDeadLetterAge() {
        return stats.oldestDeadLetter(clock.instant());
    }

    @Override
    public Duration getOverdue() {
        return stats.overdue(clock.instant());
    }

    @Override
    public int getSpoolFiles() {
        SpoolDirectory.Load load = stats.directory();
        return load == null ? 0 : load.files();
    }

    @Override
    public long getSpoolBytes() {
        SpoolDirectory.Load load = stats.directory();
        return load == null ? 0 : load.bytes();
    }

    @Override
    public int getOverdueHandlers() {
        return stats.overdueHandlers();
    }

    @Override
    public Duration getAge() {
        Instant observed = stats.observedAt();
        return EngineMetrics.since(observed == null ? startedAt : observed, clock.instant());
    }

    @Override
    public Map<String, Long> getCounters() {
        Map<String, Long> counters = new LinkedHashMap<>();
        for (LateCounter count : LateCounter.values()) {
            counters.put(count.name().toLowerCase(Locale.ROOT).replace('_', '-'), stats.get(count));
        }
        return Collections.unmodifiableMap(counters);
    }
}
