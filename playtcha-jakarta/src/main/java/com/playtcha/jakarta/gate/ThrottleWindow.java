package com.playtcha.jakarta.gate;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time in which a 429 asked not to be called (contract, section 2). Playtcha throttles by IP address, so guards with
 * the same base URL and proxy share one window, whatever their secret. Thread-safe.
 */
public final class ThrottleWindow {
    private final LongSupplier nanoTime;
    private final Object lock = new Object();
    private boolean open;
    private long until;

    /**
     * A closed window.
     *
     * @param nanoTime a monotonic clock in nanoseconds
     */
    public ThrottleWindow(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Opens the window, or lengthens it; never shortens it.
     *
     * @param duration from now
     * @return true when it was not open before
     */
    public boolean open(Duration duration) {
        synchronized (lock) {
            long now = nanoTime.getAsLong();
            boolean wasOpen = open && until - now > 0;
            long end = now + duration.toNanos();
            if (!wasOpen || end - until > 0) {
                until = end;
            }
            open = true;
            return !wasOpen;
        }
    }

    /**
     * How long not to ask.
     *
     * @return zero when calls may be made
     */
    public Duration remaining() {
        synchronized (lock) {
            if (!open) {
                return Duration.ZERO;
            }
            long left = until - nanoTime.getAsLong();
            if (left <= 0) {
                open = false;
                return Duration.ZERO;
            }
            return Duration.of(left, TimeUnit.NANOSECONDS.toChronoUnit());
        }
    }
}
