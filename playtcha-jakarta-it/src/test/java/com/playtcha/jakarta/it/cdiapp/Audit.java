package com.playtcha.jakarta.it.cdiapp;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.ThrottleChange;
import com.playtcha.jakarta.VerificationEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Counts what it observes. */
@ApplicationScoped
public class Audit {
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();

    void verified(@Observes VerificationEvent event) {
        count("verified." + event.guard() + "." + event.verification().getOutcome());
    }

    void breaker(@Observes BreakerChange change) {
        count("breaker." + change.to());
    }

    void throttle(@Observes ThrottleChange change) {
        count("throttle." + change.throttled());
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    /** How often each was seen. */
    public Map<String, Integer> counts() {
        return new TreeMap<>(counts);
    }
}
