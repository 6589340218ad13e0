package com.playtcha.jakarta.it.bench.soak;

import com.playtcha.jakarta.testkit.Reply;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the service does for a while. */
enum Phase {
    OK("answers", null),
    SLOW("answers after 400 ms", null),
    ERROR("500", Reply.error(500, "db_error", "The token could not be looked up.")),
    RESET("resets the connection", Reply.resetConnection()),
    CUT("cuts the answer after 60 bytes", Reply.ok().truncateAfter(60)),
    SILENT("accepts and never answers", Reply.hang()),
    REFUSED("refuses connections", null),
    THROTTLED(
            "429 with Retry-After: 2",
            Reply.error(429, "rate_limited_ip", "Too many requests from this address.")
                    .header("Retry-After", "2")),
    GARBAGE("answers no JSON", Reply.json(200, "{\"success\":true}, they say"));

    static final Duration SLOWNESS = Duration.ofMillis(400);

    final String description;

    /** The reply to every token, or null if the token decides. */
    final @Nullable Reply reply;

    Phase(String description, @Nullable Reply reply) {
        this.description = description;
        this.reply = reply;
    }

    /** Whether calls fail on transport, which opens the breaker. */
    boolean breaksTransport() {
        return this == RESET || this == CUT || this == SILENT || this == REFUSED;
    }
}
