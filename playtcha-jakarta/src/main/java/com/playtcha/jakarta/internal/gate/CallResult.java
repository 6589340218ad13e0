package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of one token before any policy: the result of a call, or of the decision not to call. The guards of one
 * project share it within a request. Immutable.
 */
public sealed interface CallResult permits UpstreamResult, Decided {
    Reason reason();

    /** Returns how long the call took; zero if Playtcha was not called. */
    default Duration duration() {
        return Duration.ZERO;
    }

    /** Returns the final status of the response; 0 if there is none. */
    default int status() {
        return 0;
    }

    default @Nullable UpstreamError error() {
        return null;
    }

    /** Returns the members of a 2xx response with a boolean {@code success}; else an empty map. */
    default Map<String, @Nullable Object> fields() {
        return Map.of();
    }

    default boolean isDegraded() {
        return reason() == Reason.SUCCESS && Boolean.TRUE.equals(fields().get("degraded"));
    }

    /** Returns the wait before another attempt, for throttled and overloaded results. */
    @Nullable
    Duration retryAfter();

    /** Whether this node verified the token a moment ago, so that it was sent twice by a double click. */
    default boolean isDuplicate() {
        return false;
    }

    /** Whether writing the request had begun, so that Playtcha may have redeemed the token. */
    default boolean sent() {
        return false;
    }

    /** Returns the project whose secret was used for the call; null if Playtcha was not called. */
    default @Nullable Project project() {
        return null;
    }

    /** Returns why there is no response, or the host in its Location header, for the log; contains no secret. */
    @Nullable
    String detail();
}
