package com.playtcha.jakarta.it.allapp;

import com.playtcha.jakarta.FailureCounter;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts failures in place of the library, as several nodes would that share a store. */
@ApplicationScoped
public class AllCounter implements FailureCounter {
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();

    @Override
    public void record(String key, Duration window) {
        counts.merge(key + " " + window, 1, Integer::sum);
    }

    @Override
    public int count(String key, Duration window) {
        return counts.getOrDefault(key + " " + window, 0);
    }

    @Override
    public void clear(String key) {
        counts.keySet().removeIf(known -> known.startsWith(key + " "));
    }

    /** What was recorded. */
    public String shown() {
        return counts.toString();
    }
}
