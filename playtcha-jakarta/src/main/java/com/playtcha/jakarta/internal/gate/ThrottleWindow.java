package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.ThrottleChange;
import com.playtcha.jakarta.internal.util.EventPublisher;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The time for which a 429 asked for no calls (docs/contract.md, section 2). Playtcha throttles by IP address, so
 * guards with the same base URL and proxy share one window, whatever their secret. Thread-safe.
 */
public final class ThrottleWindow {
    private final LongSupplier nanoTime;
    private final Endpoint endpoint;
    private final EventPublisher<ThrottleChange> changes;
    private final Object lock = new Object();
    private volatile boolean open;
    private long until;
    /** Whether {@code max-retry-after} has shortened what an answer asked for since the window was opened. */
    private boolean capped;

    /** Creates a closed window. The listener is called with every change, in order and outside the lock. */
    public ThrottleWindow(LongSupplier nanoTime, Endpoint endpoint, Consumer<ThrottleChange> listener) {
        this.nanoTime = nanoTime;
        this.endpoint = endpoint;
        this.changes = new EventPublisher<>(listener);
    }

    void addGuard(String name) {
        endpoint.guards().add(name);
    }

    private void enqueue(boolean throttled, Duration window) {
        changes.enqueue(new ThrottleChange(endpoint.host(), endpoint.baseUrl(), endpoint.guards(), throttled, window));
    }

    /**
     * Opens the window or lengthens it, never shortens it; returns whether it was closed before, or this is the first
     * duration of the window that a setting has shortened.
     */
    boolean open(Duration duration, boolean isCapped) {
        boolean opened;
        boolean isToBeLogged;
        synchronized (lock) {
            long now = nanoTime.getAsLong();
            endIfOver(now);
            opened = !open;
            isToBeLogged = opened || (isCapped && !capped);
            capped = isCapped || (!opened && capped);
            long end = now + duration.toNanos();
            if (opened || end - until > 0) {
                until = end;
            }
            open = true;
            if (opened) {
                enqueue(true, duration);
            }
        }
        changes.publish();
        return isToBeLogged;
    }

    /** Returns how long no call may be made; zero where the window is closed. */
    public Duration remaining() {
        Duration left = Duration.ZERO;
        if (!open) {
            return left;
        }
        synchronized (lock) {
            long now = nanoTime.getAsLong();
            endIfOver(now);
            if (open) {
                left = Duration.ofNanos(until - now);
            }
        }
        changes.publish();
        return left;
    }

    /** Ends the window. */
    void reset() {
        synchronized (lock) {
            long now = nanoTime.getAsLong();
            until = now;
            endIfOver(now);
        }
        changes.publish();
    }

    private void endIfOver(long now) {
        if (open && until - now <= 0) {
            open = false;
            enqueue(false, Duration.ZERO);
        }
    }
}
