package com.playtcha.jakarta.internal.gate;

import java.time.Duration;

/** Port: verifies a token whose request was allowed without a verdict. Thread-safe. */
public interface VerdictClient {

    /** Calls once, within a deadline that is shorter than a lease. Throws only because of a bug in this library. */
    CallResult callForLateVerdict(String token);

    /** Returns how long no call may be made; zero if one may be made now. */
    default Duration holdOff() {
        return Duration.ZERO;
    }
}
