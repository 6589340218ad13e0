package com.playtcha.jakarta.internal.late.engine;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential backoff with jitter: doubles from the first to the longest wait, less a random part, so that what failed
 * together is not retried together.
 */
public record Backoff(Duration first, Duration longest, double jitter) {

    public Backoff {
        if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException("a backoff has a positive first wait, and none longer than the longest");
        }
        if (!(jitter >= 0 && jitter < 1)) {
            throw new IllegalArgumentException("jitter is from 0 to below 1");
        }
    }

    /** Returns the wait after a number of failures. */
    public Duration after(int failures, RandomGenerator random) {
        Duration wait = first;
        for (int i = 1; i < failures && wait.compareTo(longest) < 0; i++) {
            wait = wait.multipliedBy(2);
        }
        if (wait.compareTo(longest) > 0) {
            wait = longest;
        }
        long millis = wait.toMillis();
        return Duration.ofMillis(Math.max(1, millis - (long) (millis * jitter * random.nextDouble())));
    }
}
