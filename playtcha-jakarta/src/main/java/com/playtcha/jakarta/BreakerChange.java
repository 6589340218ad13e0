package com.playtcha.jakarta;

import java.time.Duration;
import java.util.Objects;

/**
 * A breaker changed its state (contract, section 3). Guards that share a way to Playtcha share its breaker, and a change
 * is told once, not once a guard. A call in {@link BreakerState#HALF_OPEN} that says nothing about Playtcha, its thread
 * having been interrupted say, is no change: the next call is told of as one from {@link BreakerState#OPEN} again.
 * Immutable.
 *
 * @since 0.1
 */
public final class BreakerChange {
    private final String host;
    private final BreakerState from;
    private final BreakerState to;
    private final Duration openFor;

    /**
     * Describes a change.
     *
     * @param host whom the breaker holds calls back from, with its port
     * @param from the state before
     * @param to the state now
     * @param openFor how long it stays open; zero for the other states
     */
    public BreakerChange(String host, BreakerState from, BreakerState to, Duration openFor) {
        this.host = Objects.requireNonNull(host, "host");
        this.from = Objects.requireNonNull(from, "from");
        this.to = Objects.requireNonNull(to, "to");
        this.openFor = Objects.requireNonNull(openFor, "openFor");
    }

    /**
     * The host that is asked, as log lines name it: the base URL's, with its port.
     *
     * @return never null
     */
    public String getHost() {
        return host;
    }

    /**
     * The state before.
     *
     * @return never null
     */
    public BreakerState getFrom() {
        return from;
    }

    /**
     * The state now.
     *
     * @return never null
     */
    public BreakerState getTo() {
        return to;
    }

    /**
     * How long nobody is asked before one call is made again.
     *
     * @return zero unless the state now is {@link BreakerState#OPEN}
     */
    public Duration getOpenFor() {
        return openFor;
    }

    @Override
    public String toString() {
        return "BreakerChange[" + host + ", " + from + " to " + to + ", openFor=" + openFor + "]";
    }
}
