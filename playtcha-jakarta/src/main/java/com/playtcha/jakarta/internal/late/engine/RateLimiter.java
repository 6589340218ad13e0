package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.engine.LateConfig.Backoff;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Limits concurrent calls of one service. A failure reduces the limit to one call at a time with growing pauses; one that
 * others need not share halves it, and pauses shortly once the limit is one. Each answer doubles it again. Thread-safe.
 */
final class RateLimiter {
    /** Between calls one at a time, while answers are errors that others need not get. */
    private static final Duration SHORT_PAUSE = Duration.ofSeconds(1);

    private final int max;
    private final Backoff pauses;
    private final RandomGenerator random;
    private final Pause pause;
    private int limit;
    private int inFlight;
    private int failures;

    RateLimiter(int max, Backoff pauses, RandomGenerator random, LongSupplier nanoTime) {
        this.max = max;
        this.pauses = pauses;
        this.random = random;
        this.pause = new Pause(nanoTime);
        this.limit = max;
    }

    /** Returns how many calls may run at once. */
    synchronized int limit() {
        return limit;
    }

    /** Returns how many more calls may begin now. */
    synchronized int allowance() {
        return pause.isOver() ? Math.max(0, limit - inFlight) : 0;
    }

    /** Returns for how long no call may begin. */
    Duration pauseLeft() {
        return pause.left();
    }

    synchronized void began() {
        inFlight++;
    }

    /** Ends a call, whatever its outcome. */
    synchronized void ended() {
        inFlight--;
    }

    /** Records an answer; returns whether calls had failed down to a limit of one. */
    synchronized boolean answered() {
        boolean back = failures > 0;
        failures = 0;
        limit = Math.min(max, limit * 2);
        return back;
    }

    /** Records a failure, as which concurrent calls count once; returns whether it is the first one. */
    synchronized boolean unavailable() {
        boolean first = failures == 0;
        limit = 1;
        if (pause.isOver()) {
            failures++;
            pause.begin(pauses.after(failures, random));
        }
        return first;
    }

    /** Records a failure that other calls need not share, such as an error about its item only. */
    synchronized void failedAlone() {
        if (limit > 1) {
            limit /= 2;
        } else {
            failures = Math.max(1, failures);
            pause.extend(SHORT_PAUSE);
        }
    }

    /** Records a pause that the service requested. */
    synchronized void throttled(Duration window) {
        limit = 1;
        pause.extend(window);
    }
}
