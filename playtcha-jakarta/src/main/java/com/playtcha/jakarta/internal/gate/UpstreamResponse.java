package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The result of one call to Playtcha: an HTTP reply, or the reason why there is none. Carries no policy. */
public sealed interface UpstreamResponse {

    /** Whether the call had begun to write the request, so that Playtcha may have redeemed the token. */
    boolean sent();

    /**
     * An HTTP reply with its final status. {@code success} is the one JSON boolean of a readable 2xx answer, else null;
     * {@code retryAfter} is what a 429 asks for, at least a second and not capped; {@code location} a 3xx answer's host.
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

        /** A reply of which only the head was read, or whose body says nothing. */
        public static HttpReply ofHead(int status, @Nullable Duration retryAfter, @Nullable String location) {
            return new HttpReply(status, null, false, Map.of(), null, retryAfter, location);
        }

        HttpReply withRetryAfter(Duration window) {
            return new HttpReply(status, success, degraded, fields, error, window, location);
        }

        /** Leaves out the service's text, which may repeat the token. */
        @Override
        public String toString() {
            return "HttpReply[" + status + "]";
        }
    }

    /** The lack of a reply. The detail is for the log and contains neither secret nor token. */
    record CallFailure(Reason reason, String detail, boolean sent) implements UpstreamResponse {}
}
