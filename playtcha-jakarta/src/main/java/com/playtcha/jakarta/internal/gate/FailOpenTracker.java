package com.playtcha.jakarta.internal.gate;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Port: records requests that are about to be allowed unverified, for a verdict later (docs/contract.md, section 7).
 * Thread-safe.
 */
@FunctionalInterface
public interface FailOpenTracker {

    /**
     * Records one request within a bounded time; never throws because of the store. The source names the guard also
     * after a restart, {@code project} is the digest of base URL and secret, {@code age} the time since the request
     * arrived, and {@code sent} says whether a call had begun to write the token, so that Playtcha may have redeemed
     * it.
     */
    TrackResult track(String source, String project, String token, Duration age, boolean sent);

    /**
     * Whether the token was allowed unverified before, perhaps on another node, so that the request is denied; and the
     * id of the record, null where nothing could be recorded and for a repeated token.
     */
    record TrackResult(boolean repeated, @Nullable String id) {}
}
