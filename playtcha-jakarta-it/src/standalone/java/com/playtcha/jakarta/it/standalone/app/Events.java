package com.playtcha.jakarta.it.standalone.app;

import com.playtcha.jakarta.VerificationEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What observers hear. */
@ApplicationScoped
public class Events {
    private final Map<String, String> last = new ConcurrentHashMap<>();

    void heard(@Observes VerificationEvent event) {
        last.put(event.guard(), event.verification().getOutcome().name());
    }

    /** The outcome of a guard's last verification. */
    public String of(String guard) {
        return last.getOrDefault(guard, "none");
    }
}
