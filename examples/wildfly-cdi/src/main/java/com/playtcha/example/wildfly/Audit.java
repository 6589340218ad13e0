package com.playtcha.example.wildfly;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.ThrottleChange;
import com.playtcha.jakarta.VerificationEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what the guards decide, and shows it. In an application of yours only its operators would see this. */
@Path("audit")
@ApplicationScoped
public class Audit {
    private final Map<String, LongAdder> counts = new ConcurrentSkipListMap<>();

    void verified(@Observes VerificationEvent event) {
        count(event.guard() + " " + event.verification().getOutcome());
    }

    void throttled(@Observes ThrottleChange change) {
        count("throttle change");
    }

    void breaker(@Observes BreakerChange change) {
        count("breaker change");
    }

    private void count(String what) {
        counts.computeIfAbsent(what, first -> new LongAdder()).increment();
    }

    /** All counts since the application was started. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public JsonObject counts() {
        JsonObjectBuilder result = Json.createObjectBuilder();
        counts.forEach((what, count) -> result.add(what, count.sum()));
        return result.build();
    }
}
