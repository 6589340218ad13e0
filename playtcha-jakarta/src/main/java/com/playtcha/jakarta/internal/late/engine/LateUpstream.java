package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.gate.Answer;
import java.time.Duration;

/** Port: asks Playtcha about a token once more. Thread-safe. */
@FunctionalInterface
public interface LateUpstream {

    /**
     * Asks, within a deadline of its own that is shorter than a lease.
     *
     * @param token of a request that was let through unverified
     * @return the answer, or why there is none
     */
    Answer ask(String token);

    /**
     * How long not to ask, since visitors are not verified either: what is left of the throttle window, or of an open
     * breaker.
     *
     * @return zero when it may be asked
     */
    default Duration holdOff() {
        return Duration.ZERO;
    }
}
