package com.playtcha.jakarta;

import java.time.Duration;
import java.util.Objects;

/**
 * A change of a circuit breaker's state (contract, section 3). Guards with the same base URL, secret, proxy and timeouts
 * share one breaker, and listeners receive each of its changes once. A probe in {@link BreakerState#HALF_OPEN} that ends
 * without a result, for example because its thread was interrupted, is not reported: the next probe is reported as a
 * change from {@link BreakerState#OPEN} to {@link BreakerState#HALF_OPEN} again. Immutable.
 *
 * @since 0.1
 */
public final class BreakerChange {
    private final String host;
    private final BreakerState from;
    private final BreakerState to;
    private final Duration openFor;

    /**
     * Creates a change.
     *
     * @param host the host of the base URL, with its port
     * @param from the state before the change
     * @param to the state after the change
     * @param openFor how long the breaker stays open; zero unless {@code to} is {@link BreakerState#OPEN}
     * @throws NullPointerException if an argument is null
     */
    public BreakerChange(String host, BreakerState from, BreakerState to, Duration openFor) {
        this.host = Objects.requireNonNull(host, "host");
        this.from = Objects.requireNonNull(from, "from");
        this.to = Objects.requireNonNull(to, "to");
        this.openFor = Objects.requireNonNull(openFor, "openFor");
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
     * Returns the state before the change.
     *
     * @return the previous state; never null
     */
    public BreakerState getFrom() {
        return from;
    }

    /**
     * Returns the state after the change.
     *
     * @return the new state; never null
     */
    public BreakerState getTo() {
        return to;
    }

    /**
     * Returns how long the breaker stays open before it permits one probe.
     *
     * @return the duration; zero unless the new state is {@link BreakerState#OPEN}; never null
     */
    public Duration getOpenFor() {
        return openFor;
    }

    @Override
    public String toString() {
        return "BreakerChange[" + host + ", " + from + " to " + to + ", openFor=" + openFor + "]";
    }
}
