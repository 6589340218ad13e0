package com.playtcha.jakarta.internal.util;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits repeated log lines: the first event of a kind is logged at once, later ones at most once per interval with
 * the number of events since the last line. Kinds come from a closed set. Thread-safe.
 */
public final class LogThrottle {
    private final LongSupplier nanoTime;
    private final Duration interval;
    private final Scheduler scheduler;
    private final Map<Object, Line> lines = new HashMap<>();

    /** Runs the end of an interval, in which events were counted that no later event may report. */
    @FunctionalInterface
    public interface Scheduler {
        /** Runs nothing: counted events are reported by the next event of their kind. */
        Scheduler NONE = (delay, task) -> false;

        /** Returns false, and never runs the task, after a close. */
        boolean trySchedule(Duration delay, Runnable task);
    }

    private static final class Line {
        private long loggedAt;
        private long unlogged;
        private boolean scheduled;
        private @Nullable LongConsumer last;
    }

    /** One line per kind and minute, by a monotonic clock in nanoseconds. */
    public LogThrottle(LongSupplier nanoTime) {
        this(nanoTime, Duration.ofMinutes(1), Scheduler.NONE);
    }

    public LogThrottle(LongSupplier nanoTime, Duration interval) {
        this(nanoTime, interval, Scheduler.NONE);
    }

    public LogThrottle(LongSupplier nanoTime, Duration interval, Scheduler scheduler) {
        this.nanoTime = nanoTime;
        this.interval = interval;
        this.scheduler = scheduler;
    }

    /** Counts one event; returns how many events the line to log now stands for, or 0 where no line is due. */
    public synchronized long count(Object kind) {
        Line line = lines.get(kind);
        if (line == null) {
            line = new Line();
            lines.put(kind, line);
        } else if (!timeLeft(line).isZero()) {
            line.unlogged++;
            return 0;
        }
        line.unlogged++;
        return take(line);
    }

    /**
     * Logs one event by calling {@code line} with the number of events that it stands for: now, or at the end of the
     * interval, where the last event of the kind has the line.
     */
    public void log(Object kind, LongConsumer line) {
        long count;
        synchronized (this) {
            count = count(kind);
            if (count == 0) {
                Line counted = lines.get(kind);
                if (counted != null) {
                    counted.last = line;
                    counted.scheduled = counted.scheduled || schedule(kind, counted);
                }
            }
        }
        if (count > 0) {
            line.accept(count);
        }
    }

    private boolean schedule(Object kind, Line line) {
        return scheduler.trySchedule(timeLeft(line), () -> endInterval(kind));
    }

    private void endInterval(Object kind) {
        LongConsumer last;
        long count;
        synchronized (this) {
            Line line = lines.get(kind);
            if (line == null) {
                return;
            }
            // Another event may have had a line meanwhile, and others may have been counted since.
            line.scheduled = line.unlogged > 0 && !timeLeft(line).isZero() && schedule(kind, line);
            last = line.last;
            if (line.scheduled || line.unlogged == 0 || last == null) {
                return;
            }
            count = take(line);
        }
        last.accept(count);
    }

    private Duration timeLeft(Line line) {
        Duration left = interval.minusNanos(nanoTime.getAsLong() - line.loggedAt);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private long take(Line line) {
        long count = line.unlogged;
        line.loggedAt = nanoTime.getAsLong();
        line.unlogged = 0;
        line.last = null;
        return count;
    }

    /** Clears a kind, so that its next event is logged at once; returns whether a line of it was logged before. */
    public synchronized boolean reset(Object kind) {
        return lines.remove(kind) != null;
    }
}
