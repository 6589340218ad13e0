package com.playtcha.jakarta.internal.gate;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Port: keeps requests that are about to be let through unverified, so that their verdict is had later (contract,
 * section 7). Thread-safe.
 */
@FunctionalInterface
public interface FailOpenTracker {

    /**
     * Tracks one pass, within a bounded time.
     *
     * @param source what the guard is known by after a restart
     * @param project digest of base URL and secret
     * @param token of the request
     * @param age how long ago the request arrived
     * @param sent whether the question in the request had begun to be written, so that Playtcha may have redeemed the
     *     token
     * @return what came of it; never throws for trouble of the store's
     */
    TrackResult track(String source, String project, String token, Duration age, boolean sent);

    /**
     * What came of tracking.
     *
     * @param repeated whether this token was let through unverified before, perhaps on another node: deny it
     * @param id under which the verdict will be told; null where nothing could keep the pass, and where it was repeated
     */
    record TrackResult(boolean repeated, @Nullable String id) {}
}
