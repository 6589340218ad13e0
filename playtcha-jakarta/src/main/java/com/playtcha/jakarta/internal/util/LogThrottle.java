package com.playtcha.jakarta.internal.util;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Limits repeated log lines: the first event of a kind is logged at once, later ones at most once per interval with
 * the number of events since the last line. Kinds come from a closed set. Thread-safe.
 */
public final class LogThrottle {
    private final LongSupplier nanoTime;
    private final long intervalNanos;
    private final Map<Object, Line> lines = new HashMap<>();

    private static final class Line {
        private long loggedAt;
        private long unlogged;
    }

    /** One line per kind and minute, by a monotonic clock in nanoseconds. */
    public LogThrottle(LongSupplier nanoTime) {
        this(nanoTime, Duration.ofMinutes(1));
    }

    public LogThrottle(LongSupplier nanoTime, Duration interval) {
        this.nanoTime = nanoTime;
        this.intervalNanos = interval.toNanos();
    }

    /** Counts one event; returns how many events the line to log now stands for, or 0 where no line is due. */
    public synchronized long count(Object kind) {
        long now = nanoTime.getAsLong();
        Line line = lines.get(kind);
        if (line == null) {
            line = new Line();
            lines.put(kind, line);
        } else if (now - line.loggedAt < intervalNanos) {
            line.unlogged++;
            return 0;
        }
        long reported = line.unlogged + 1;
        line.loggedAt = now;
        line.unlogged = 0;
        return reported;
    }

    /** Forgets a kind, so that its next event is logged at once; returns whether a line of it was logged before. */
    public synchronized boolean reset(Object kind) {
        return lines.remove(kind) != null;
    }
}
