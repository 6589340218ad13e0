package com.playtcha.jakarta.internal.gate;

import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Playtcha's address, as changes of a breaker or throttle window name it, with the guards that share these. Thread-safe.
 *
 * @param host with its port, as in log lines
 * @param guards the names of the guards in order
 */
public record Endpoint(String host, URI baseUrl, Set<String> guards) {
    /** Creates an endpoint that no guard shares yet. */
    public Endpoint(String host, URI baseUrl) {
        this(host, baseUrl, new ConcurrentSkipListSet<>());
    }
}
