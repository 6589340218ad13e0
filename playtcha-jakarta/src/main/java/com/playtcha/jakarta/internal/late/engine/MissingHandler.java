package com.playtcha.jakarta.internal.late.engine;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether there is a handler, as far as calls have shown. While there is none, a single item is tried now and then, so
 * that neither log nor database is flooded by thousands that wait; the rest follows once one has found it. Thread-safe.
 */
final class MissingHandler {
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private @Nullable Instant missedAt;

    /** A call found none. */
    synchronized void missed(Instant now) {
        missedAt = now;
    }

    /**
     * A call found one.
     *
     * @return whether there was none before
     */
    synchronized boolean found() {
        boolean before = missedAt != null;
        missedAt = null;
        return before;
    }

    /**
     * How many items to hand over now.
     *
     * @param free places
     */
    synchronized int allowance(int free, Instant now) {
        if (missedAt == null) {
            return free;
        }
        // A clock that was set back ends a pause.
        boolean paused = !now.isBefore(missedAt) && now.isBefore(missedAt.plus(PAUSE));
        return paused ? 0 : Math.min(1, free);
    }
}
