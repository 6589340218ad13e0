package com.playtcha.jakarta.internal.late.engine;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A time during which something is not done, by a monotonic clock, so that no correction of a clock changes it. */
final class Pause {
    private final LongSupplier nanoTime;
    private long end;

    /** Creates a pause that is over. */
    Pause(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.end = nanoTime.getAsLong();
    }

    /** Begins now, whatever was left. */
    synchronized void begin(Duration length) {
        end = nanoTime.getAsLong() + length.toNanos();
    }

    /** Begins now, unless more is left. */
    synchronized void extend(Duration length) {
        if (left().compareTo(length) < 0) {
            begin(length);
        }
    }

    /** Returns zero once it is over. */
    synchronized Duration left() {
        return Duration.ofNanos(Math.max(0, end - nanoTime.getAsLong()));
    }

    boolean isOver() {
        return left().isZero();
    }
}
