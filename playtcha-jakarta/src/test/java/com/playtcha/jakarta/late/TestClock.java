package com.playtcha.jakarta.late;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that a test moves. */
public final class TestClock extends Clock {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-29T00:59:50Z"));

    private final AtomicLong nanos = new AtomicLong();

    /** Lets time pass. */
    public void advance(Duration by) {
        now.updateAndGet(then -> then.plus(by));
        nanos.addAndGet(by.toNanos());
    }

    /** Sets the wall clock, as NTP or an operator does; no time passes. */
    public void jump(Duration by) {
        now.updateAndGet(then -> then.plus(by));
    }

    /** Returns the time that has passed. */
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public Instant instant() {
        return now.get();
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
    }
}
