package com.playtcha.jakarta.it.bench.faults;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How often a service was asked about each token, wherever the request arrived. Thread-safe. */
final class Requests {
    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    private final AtomicInteger all = new AtomicInteger();

    /** Counts a request, and returns which run it belongs to. */
    Call add(String token) {
        counts.computeIfAbsent(token, t -> new AtomicInteger()).incrementAndGet();
        all.incrementAndGet();
        return Call.of(token);
    }

    int all() {
        return all.get();
    }

    /** Returns the number of tokens that were sent more than once. */
    long repeated() {
        return counts.values().stream().filter(count -> count.get() > 1).count();
    }
}
