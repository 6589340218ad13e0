package com.playtcha.example.microprofile;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.ThrottleChange;
import com.playtcha.jakarta.VerificationEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what the library tells by events. Denied requests are among them, which never reach a resource. */
@ApplicationScoped
public class Outcomes {
    private final ConcurrentMap<String, ConcurrentMap<Outcome, LongAdder>> counts = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, String> breakers = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Boolean> throttled = new ConcurrentHashMap<>();

    void count(@Observes VerificationEvent event) {
        counts.computeIfAbsent(event.guard(), guard -> new ConcurrentHashMap<>())
                .computeIfAbsent(event.verification().getOutcome(), outcome -> new LongAdder())
                .increment();
    }

    void changed(@Observes BreakerChange change) {
        breakers.put(change.host(), change.to().name());
    }

    void changed(@Observes ThrottleChange change) {
        throttled.put(change.host(), change.throttled());
    }

    /** By guard and outcome; then what changed, by host. */
    Map<String, Object> soFar() {
        Map<String, Map<String, Long>> outcomes = new TreeMap<>();
        counts.forEach((guard, byOutcome) -> {
            Map<String, Long> sums = new TreeMap<>();
            byOutcome.forEach((outcome, sum) -> sums.put(outcome.name(), sum.sum()));
            outcomes.put(guard, sums);
        });
        return new TreeMap<>(Map.of(
                "outcomes", outcomes, "breakers", new TreeMap<>(breakers), "throttled", new TreeMap<>(throttled)));
    }
}
