package com.playtcha.jakarta;

import java.time.Duration;
import java.util.Objects;

/**
 * The start or end of a throttle window (contract, section 2). Guards with the same base URL and proxy share one window,
 * and listeners receive each change once. A further 429 within a window may extend it and is not reported. Immutable.
 *
 * @since 0.1
 */
public final class ThrottleChange {
    private final String host;
    private final boolean throttled;
    private final Duration window;

    /**
     * Creates a change.
     *
     * @param host the host of the base URL, with its port
     * @param throttled true if the window started, false if it ended
     * @param window the length of the window; zero if it ended
     * @throws NullPointerException if the host or the window is null
     */
    public ThrottleChange(String host, boolean throttled, Duration window) {
        this.host = Objects.requireNonNull(host, "host");
        this.throttled = throttled;
        this.window = Objects.requireNonNull(window, "window");
    }

    /**
     * Returns the host of the base URL, with its port, as in log lines.
     *
     * @return the host and port; never null
     */
    public String getHost() {
        return host;
    }

    /**
     * Returns whether a window started.
     *
     * @return true if a 429 started a window; false if the window ended, which is reported with the first verification
     *     after its end
     */
    public boolean isThrottled() {
        return throttled;
    }

    /**
     * Returns the length of the window, in which Playtcha is not called: the {@code Retry-After} of the 429, at least one
     * second and at most {@code max-retry-after}.
     *
     * @return the duration; zero if the window ended; never null
     */
    public Duration getWindow() {
        return window;
    }

    @Override
    public String toString() {
        return "ThrottleChange[" + host + ", throttled=" + throttled + ", window=" + window + "]";
    }
}
