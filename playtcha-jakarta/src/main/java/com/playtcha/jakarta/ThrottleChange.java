package com.playtcha.jakarta;

import java.time.Duration;
import java.util.Objects;

/**
 * A throttle window opened or ended (contract, section 2). Guards with the same base URL and proxy share a window, and a
 * change is told once, not once a guard. A further 429 within an open window is no change, though it may lengthen it.
 * Immutable.
 *
 * @since 0.1
 */
public final class ThrottleChange {
    private final String host;
    private final boolean throttled;
    private final Duration window;

    /**
     * Describes a change.
     *
     * @param host who asked to wait, with its port
     * @param throttled whether the window opened
     * @param window how long nobody is asked; zero where the window ended
     */
    public ThrottleChange(String host, boolean throttled, Duration window) {
        this.host = Objects.requireNonNull(host, "host");
        this.throttled = throttled;
        this.window = Objects.requireNonNull(window, "window");
    }

    /**
     * The host that asked to wait, as log lines name it: the base URL's, with its port.
     *
     * @return never null
     */
    public String getHost() {
        return host;
    }

    /**
     * Whether a 429 opened the window.
     *
     * @return false when it ended: told with the first verification after the window, which may ask again, so later than
     *     the window's end where there are few visitors
     */
    public boolean isThrottled() {
        return throttled;
    }

    /**
     * How long nobody is asked: what the 429 said, at least one second and at most {@code max-retry-after}.
     *
     * @return zero when the window ended
     */
    public Duration getWindow() {
        return window;
    }

    @Override
    public String toString() {
        return "ThrottleChange[" + host + ", throttled=" + throttled + ", window=" + window + "]";
    }
}
