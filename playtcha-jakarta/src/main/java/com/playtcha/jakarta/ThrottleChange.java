package com.playtcha.jakarta;

import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * The start or end of a throttle window. Guards with the same base URL and proxy share one window,
 * and listeners receive each change once. A further 429 within a window may extend it and is not reported.
 *
 * @param host the host of the base URL, with its port, as in log lines; never null
 * @param baseUrl the base URL of these guards; never null
 * @param guards the names of the guards that share it, in order; unmodifiable, never null
 * @param throttled true if a 429 started a window; false if the window ended, which is reported with the first
 *     verification after its end
 * @param window the time in which Playtcha is not called: the {@code Retry-After} of the 429, at least one second and at
 *     most {@code max-retry-after}; zero if the window ended; never null
 * @since 0.1
 */
public record ThrottleChange(String host, URI baseUrl, Set<String> guards, boolean throttled, Duration window) {

    /**
     * Creates a change.
     *
     * @throws NullPointerException if an argument is null
     */
    public ThrottleChange {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(baseUrl, "baseUrl");
        guards = Collections.unmodifiableSet(new LinkedHashSet<>(guards));
        Objects.requireNonNull(window, "window");
    }
}
