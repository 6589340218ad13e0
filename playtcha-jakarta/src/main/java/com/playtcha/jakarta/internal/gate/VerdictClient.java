package com.playtcha.jakarta.internal.gate;

import java.time.Duration;

/** Port: asks Playtcha about a token whose request was allowed without a verdict. Thread-safe. */
public interface VerdictClient {

    /** Asks once, within a deadline that is shorter than a lease. Throws only because of a bug in this library. */
    UpstreamResponse call(String token);

    /** Returns how long not to ask: zero when a call may be made now. */
    default Duration holdOff() {
        return Duration.ZERO;
    }
}
