package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationCall;
import java.time.Duration;
import java.util.function.Consumer;
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
    private final Listeners listeners;
    private final VerificationCall call;
    private final LongSupplier nanoTime;

    /** The source is the guard's name in the log and in the store; listeners receive the call. */
    public GuardVerdictClient(
            String source,
            VerificationCall call,
            Guard.Shared shared,
            Duration maxRetryAfter,
            Listeners listeners,
            LongSupplier nanoTime) {
        this.shared = shared;
        this.maxRetryAfter = maxRetryAfter;
        this.log = new GuardLog(source, nanoTime);
        this.listeners = listeners;
        this.call = call;
        this.nanoTime = nanoTime;
    }

    @Override
    public UpstreamResponse call(String token) {
        Breaker breaker = shared.breaker();
        Breaker.Permission permission = breaker == null ? null : breaker.tryAcquire();
        if (breaker != null && permission == null) {
            return new UpstreamResponse.CallFailure(Reason.BREAKER_OPEN, "the breaker is open", false);
        }
        @Nullable UpstreamResponse response = null;
        long beganAt = nanoTime.getAsLong();
        @Nullable Consumer<Verification> listenersAtEnd = null;
        try {
            listenersAtEnd = listeners.calling(call);
            response = shared.upstream().call(token);
        } finally {
            if (permission != null) {
                permission.onResponse(response);
            }
            if (listenersAtEnd != null) {
                Duration took = Duration.ofNanos(nanoTime.getAsLong() - beganAt);
                listenersAtEnd.accept(
                        response == null
                                ? Verification.because(Reason.INTERRUPTED).build()
                                : CallResult.classify(response, took));
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
