package com.playtcha.jakarta.internal.gate;

import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** Playtcha's address, as changes of a breaker or throttle window name it, with the guards that share these. Thread-safe. */
public final class Endpoint {
    private final String host;
    private final URI baseUrl;
    private final Set<String> guards = new ConcurrentSkipListSet<>();

    /** Takes the host with its port, as in log lines. */
    public Endpoint(String host, URI baseUrl) {
        this.host = host;
        this.baseUrl = baseUrl;
    }

    void addGuard(String name) {
        guards.add(name);
    }

    String host() {
        return host;
    }

    URI baseUrl() {
        return baseUrl;
    }

    /** Returns the names of the guards in order; a view. */
    Set<String> guards() {
        return guards;
    }
}
