package com.playtcha.jakarta.testkit;

import java.time.Duration;

/**
 * The time of late results, which a test moves instead of waiting: for all applications of this process that have late
 * results and were started with the test kit on their class path. It only moves forward, and stays where it is until an
 * application ends; guards, their throttle pauses and the database keep the machine's time. See
 * <a href="https://github.com/playtcha/playtcha-jakarta/blob/main/docs/testing.md">the page about testing</a>.
 *
 * @since 0.1
 */
public final class LateClock {
    private LateClock() {}

    /**
     * Delivers what is due now, and returns once handlers were called for all of it: accepted results, retries that are due,
     * polls, expiry.
     *
     * @throws IllegalStateException where no application has late results, or there is still work after a minute
     */
    public static void deliverNow() {
        advance(Duration.ZERO);
    }

    /**
     * Lets time pass, then does what {@link #deliverNow} does. Handlers that are running end first, so that they do not
     * exceed their time limit.
     *
     * @param time zero or more
     * @throws IllegalArgumentException if it is negative
     * @throws IllegalStateException as for {@link #deliverNow}
     */
    public static void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time must not be negative: " + time);
        }
        if (Applications.invoke("LateResults", "advance", time.toString()) == 0) {
            throw new IllegalStateException(
                    "No application of this process has late results, JMX and the test kit on its class path");
        }
    }
}
