package com.playtcha.jakarta;

import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * A change of a circuit breaker's state. Guards with the same base URL, secret, proxy and timeouts
 * share one breaker, and listeners receive each of its changes once. A probe in {@link BreakerState#HALF_OPEN} that ends
 * without a result, for example because its thread was interrupted, is not reported: the next probe is reported as a
 * change from {@link BreakerState#OPEN} to {@link BreakerState#HALF_OPEN} again.
 *
 * @param host the host of the base URL, with its port, as in log lines; never null
 * @param baseUrl the base URL of these guards; never null
 * @param guards the names of the guards that share it, in order; unmodifiable, never null
 * @param from the state before the change; never null
 * @param to the state after the change; never null
 * @param openFor how long the breaker stays open before it permits one probe; zero unless {@code to} is
 *     {@link BreakerState#OPEN}; never null
 * @since 0.1
 */
public record BreakerChange(
        String host, URI baseUrl, Set<String> guards, BreakerState from, BreakerState to, Duration openFor) {

    /**
     * Creates a change.
     *
     * @throws NullPointerException if an argument is null
     */
    public BreakerChange {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(baseUrl, "baseUrl");
        guards = Collections.unmodifiableSet(new LinkedHashSet<>(guards));
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(openFor, "openFor");
    }
}
