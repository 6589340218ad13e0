package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.engine.LateConfig.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * Limits concurrent calls of one service. A failure reduces the limit to one call at a time with growing pauses; each
 * answer doubles it again. Thread-safe.
 */
final class RateLimiter {
    private final int most;
    private final Backoff pauses;
    private final RandomGenerator random;
    private int limit;
    private int inFlight;
    private int failures;
    private Instant notBefore = Instant.MIN;
    private Instant heldAt = Instant.MIN;

    RateLimiter(int most, Backoff pauses, RandomGenerator random) {
        this.most = most;
        this.pauses = pauses;
        this.random = random;
        this.limit = most;
    }

    /** Returns how many calls may run at once. */
    synchronized int limit() {
        return limit;
    }

    /** Returns how many more calls may begin now. */
    synchronized int allowance(Instant now) {
        return isHeld(now) ? 0 : Math.max(0, limit - inFlight);
    }

    /** Returns for how long no call may begin. */
    synchronized Duration held(Instant now) {
        return isHeld(now) ? Duration.between(now, notBefore) : Duration.ZERO;
    }

    /** A clock that was set back ends a pause, since it could otherwise last for hours. */
    private boolean isHeld(Instant now) {
        return now.isBefore(notBefore) && !now.isBefore(heldAt);
    }

    synchronized void began() {
        inFlight++;
    }

    /** Ends a call, whatever its outcome. */
    synchronized void ended() {
        inFlight--;
    }

    /** Records an answer; returns whether the call before had failed. */
    synchronized boolean answered() {
        boolean back = failures > 0;
        failures = 0;
        limit = Math.min(most, limit * 2);
        return back;
    }

    /** Records a failure, as which concurrent calls count once; returns whether it is the first one. */
    synchronized boolean unavailable(Instant now) {
        boolean first = failures == 0;
        limit = 1;
        if (!isHeld(now)) {
            failures++;
            heldAt = now;
            notBefore = now.plus(pauses.after(failures, random));
        }
        return first;
    }

    /** Records a pause that the service asked for. */
    synchronized void throttled(Instant now, Duration window) {
        limit = 1;
        Instant end = now.plus(window);
        notBefore = end.isAfter(notBefore) || !isHeld(now) ? end : notBefore;
        heldAt = now;
    }
}
