package com.playtcha.jakarta.internal.late.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * How many calls one service may get at once (contract, section 7: gently after an outage). Trouble brings it down to
 * one call at a time, with growing pauses; each answer doubles it again. Thread-safe.
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

    /** How many more calls may begin now. */
    synchronized int allowance(Instant now) {
        return isHeld(now) ? 0 : Math.max(0, limit - inFlight);
    }

    /** For how long no call may begin. */
    synchronized Duration held(Instant now) {
        return isHeld(now) ? Duration.between(now, notBefore) : Duration.ZERO;
    }

    /** A clock that was set back ends a pause: better a question too many than none for an hour. */
    private boolean isHeld(Instant now) {
        return now.isBefore(notBefore) && !now.isBefore(heldAt);
    }

    synchronized void began() {
        inFlight++;
    }

    /** A call ended without a word on how the service is. */
    synchronized void ended() {
        inFlight--;
    }

    /**
     * The service answered.
     *
     * @return whether it had not before
     */
    synchronized boolean answered() {
        boolean back = failures > 0;
        failures = 0;
        limit = Math.min(most, limit * 2);
        return back;
    }

    /**
     * The service did not answer. Calls that were in flight together count as one failure.
     *
     * @return whether it had answered before
     */
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

    /** The service asked for a pause. */
    synchronized void throttled(Instant now, Duration window) {
        limit = 1;
        Instant end = now.plus(window);
        notBefore = end.isAfter(notBefore) || !isHeld(now) ? end : notBefore;
        heldAt = now;
    }
}
