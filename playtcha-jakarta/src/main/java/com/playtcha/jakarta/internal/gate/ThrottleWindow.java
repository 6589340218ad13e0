package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.ThrottleChange;
import com.playtcha.jakarta.internal.util.EventPublisher;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The time in which a 429 asked not to be called (contract, section 2). Playtcha throttles by IP address, so guards with
 * the same base URL and proxy share one window, whatever their secret. Thread-safe.
 */
public final class ThrottleWindow {
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private final LongSupplier nanoTime;
    private final String host;
    private final EventPublisher<ThrottleChange> changes;
    private final Object lock = new Object();
    private boolean open;
    private long until;

    /**
     * A closed window.
     *
     * @param nanoTime a monotonic clock in nanoseconds
     * @param host who throttles
     * @param listener hears of every change, in order and outside the window's lock
     */
    public ThrottleWindow(LongSupplier nanoTime, String host, Consumer<ThrottleChange> listener) {
        this.nanoTime = nanoTime;
        this.host = host;
        this.changes = new EventPublisher<>(listener);
    }

    /**
     * How long a window is to be.
     *
     * @param asked what the 429 asked for, null for nothing readable
     * @param most the longest that is believed
     * @return at least a second
     */
    static Duration bounded(@Nullable Duration asked, Duration most) {
        Duration window = asked == null || asked.compareTo(SHORTEST) < 0 ? SHORTEST : asked;
        return window.compareTo(most) > 0 ? most : window;
    }

    /**
     * Opens the window, or lengthens it; never shortens it.
     *
     * @param duration from now
     * @return true when it was not open before
     */
    public boolean open(Duration duration) {
        boolean opened;
        synchronized (lock) {
            long now = nanoTime.getAsLong();
            endIfOver(now);
            opened = !open;
            long end = now + duration.toNanos();
            if (opened || end - until > 0) {
                until = end;
            }
            open = true;
            if (opened) {
                changes.enqueue(new ThrottleChange(host, true, duration));
            }
        }
        changes.publish();
        return opened;
    }

    /**
     * How long not to ask.
     *
     * @return zero when calls may be made
     */
    public Duration remaining() {
        Duration left = Duration.ZERO;
        synchronized (lock) {
            long now = nanoTime.getAsLong();
            endIfOver(now);
            if (open) {
                left = Duration.of(until - now, TimeUnit.NANOSECONDS.toChronoUnit());
            }
        }
        changes.publish();
        return left;
    }

    private void endIfOver(long now) {
        if (open && until - now <= 0) {
            open = false;
            changes.enqueue(new ThrottleChange(host, false, Duration.ZERO));
        }
    }
}
