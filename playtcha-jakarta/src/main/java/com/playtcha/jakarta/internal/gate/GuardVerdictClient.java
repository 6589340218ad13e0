package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls Playtcha about tokens whose requests were allowed unverified. It shares breaker and throttle window with the
 * visitors' calls, but not their bulkhead (contract, section 7). Thread-safe.
 */
public final class GuardVerdictClient implements VerdictClient {
    private final Guard.Shared shared;
    private final Duration maxRetryAfter;
    private final GuardLog log;

    /** The source is the guard's name in the log and in the store. */
    public GuardVerdictClient(String source, Guard.Shared shared, Duration maxRetryAfter, LongSupplier nanoTime) {
        this.shared = shared;
        this.maxRetryAfter = maxRetryAfter;
        this.log = new GuardLog(source, nanoTime);
    }

    @Override
    public UpstreamResponse call(String token) {
        Breaker breaker = shared.breaker();
        Breaker.Permission permission = breaker == null ? null : breaker.tryAcquire();
        if (breaker != null && permission == null) {
            return new UpstreamResponse.CallFailure(Reason.BREAKER_OPEN, "the breaker is open", false);
        }
        @Nullable UpstreamResponse response = null;
        try {
            response = shared.upstream().call(token);
        } finally {
            if (permission != null) {
                permission.onResponse(response);
            }
        }
        return response instanceof UpstreamResponse.HttpReply reply && reply.status() == 429
                ? reply.withRetryAfter(shared.throttle().apply(reply, maxRetryAfter, log, token))
                : response;
    }

    @Override
    public Duration holdOff() {
        Duration window = shared.throttle().remaining();
        Duration open =
                shared.breaker() == null ? Duration.ZERO : shared.breaker().waitTime();
        return open.compareTo(window) > 0 ? open : window;
    }
}
