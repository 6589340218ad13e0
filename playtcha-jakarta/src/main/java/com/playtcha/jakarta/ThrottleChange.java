package com.playtcha.jakarta;

import java.time.Duration;
import java.util.Objects;

/**
 * The start or end of a throttle window (contract, section 2). Guards with the same base URL and proxy share one window,
 * and listeners receive each change once. A further 429 within a window may extend it and is not reported.
 *
 * @param host the host of the base URL, with its port, as in log lines; never null
 * @param throttled true if a 429 started a window; false if the window ended, which is reported with the first
 *     verification after its end
 * @param window the time in which Playtcha is not called: the {@code Retry-After} of the 429, at least one second and at
 *     most {@code max-retry-after}; zero if the window ended; never null
 * @since 0.1
 */
public record ThrottleChange(String host, boolean throttled, Duration window) {

    /**
     * Creates a change.
     *
     * @throws NullPointerException if the host or the window is null
     */
    public ThrottleChange {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(window, "window");
    }
}
