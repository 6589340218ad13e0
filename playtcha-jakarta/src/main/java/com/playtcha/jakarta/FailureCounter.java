package com.playtcha.jakarta;

import java.time.Duration;

/**
 * Counts failures for {@code after-failures}, in place of this library's own counter in memory, for several nodes that
 * share a store. It is a CDI bean, a Spring bean, or a class that {@code META-INF/services} names; applications record
 * failures by {@link PlaytchaGuards#failures()}. Implementations must be thread-safe and should return quickly, since they
 * are called on visitors' threads. At most {@code max-concurrent} counts for a guard are in progress at once, and further
 * requests need a token meanwhile. If one throws, a token is required.
 *
 * @since 0.1
 */
public interface FailureCounter {

    /**
     * Counts one failure.
     *
     * @param key the key: {@code address:} with an address, or the first 64 bits of an IPv6 one, or {@code name:} with a
     *     digest; at most 100 characters of visible ASCII
     * @param window the time for which the failure counts
     */
    void record(String key, Duration window);

    /**
     * Returns the number of recent failures.
     *
     * @param key the key
     * @param window the time that is looked back
     * @return the number; {@link Integer#MAX_VALUE} if it cannot be known, so that a token is required
     */
    int count(String key, Duration window);

    /**
     * Clears the failures of a key.
     *
     * @param key the key
     */
    void clear(String key);
}
