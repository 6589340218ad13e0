package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one call to Playtcha brought: an HTTP answer, or the reason why there is none. Carries no policy. */
public sealed interface UpstreamResponse {

    /**
     * Whether the call had begun to write the request, so that Playtcha may have redeemed the token.
     *
     * @return false only when it certainly has not
     */
    boolean sent();

    /**
     * An HTTP answer of the service.
     *
     * @param status the final status
     * @param success the one JSON boolean of a readable 2xx answer; null for any other answer
     * @param degraded true only for JSON {@code true} in a readable 2xx answer
     * @param fields the members of a readable 2xx answer, else empty
     * @param error the envelope of a readable non-2xx answer, else null
     * @param retryAfter how long a 429 asks to wait, rounded up and at least one second, not capped; else null
     * @param location the host of a 3xx answer's Location, for the log; null where there is none
     */
    record HttpReply(
            int status,
            @Nullable Boolean success,
            boolean degraded,
            Map<String, @Nullable Object> fields,
            @Nullable UpstreamError error,
            @Nullable Duration retryAfter,
            @Nullable String location)
            implements UpstreamResponse {
        @Override
        public boolean sent() {
            return true;
        }
    }

    /**
     * No answer.
     *
     * @param reason of outcome {@code UNAVAILABLE}
     * @param detail for the log: the kind of exception and its text, without secret and token
     * @param sent whether the request had begun to be written
     */
    record CallFailure(Reason reason, String detail, boolean sent) implements UpstreamResponse {}
}
