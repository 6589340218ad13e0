package com.playtcha.jakarta.internal.gate;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A log line that an outage or an attack would repeat: the first of its kind is said at once, and then one a minute,
 * with how many there were since (contract, section 6). Thread-safe.
 */
public final class Minutely {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanoTime;
    private boolean said;
    private long lastSaid;
    private long count;

    /**
     * Nothing said yet.
     *
     * @param nanoTime a monotonic clock in nanoseconds
     */
    public Minutely(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * It happened once more.
     *
     * @return how many to report now, this one included; 0 to stay silent
     */
    public synchronized long hit() {
        count++;
        long now = nanoTime.getAsLong();
        if (said && now - lastSaid < MINUTE) {
            return 0;
        }
        said = true;
        lastSaid = now;
        long reported = count;
        count = 0;
        return reported;
    }
}
