package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.CallEnd;
import com.playtcha.jakarta.CallObserver;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.VerificationCall;
import com.playtcha.jakarta.internal.gate.UpstreamResult.Answer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Permission for one call, which ends with {@link #call} or {@link #cancel}. */
final class CallPermit implements Admission {

    /** What the permits of one guard share. */
    record Route(
            Upstream upstream,
            ThrottleWindow throttle,
            Duration maxRetryAfter,
            Listeners listeners,
            VerificationCall description,
            VerifiedTokens verified,
            GuardLog log) {}

    private final Route route;
    private final String token;
    private final Breaker.@Nullable Permission permission;
    /** Null for a late verdict. */
    private final @Nullable Semaphore bulkhead;

    private @Nullable CallObserver observer;

    CallPermit(Route route, String token, Breaker.@Nullable Permission permission, @Nullable Semaphore bulkhead) {
        this.route = route;
        this.token = token;
        this.permission = permission;
        this.bulkhead = bulkhead;
    }

    @Override
    public void begin() {
        if (observer == null) {
            observer = route.listeners.calling(route.description);
        }
    }

    /** Makes the call, and opens the throttle window that a 429 asks for. */
    @Override
    public CallResult call() {
        CallResult result = null;
        try {
            begin();
            result = route.upstream.call(token);
            if (bulkhead != null) {
                route.log.answered(result, token);
                result = recognizeDuplicate(result);
            }
            if (result instanceof Answer answer && answer.reason() == Reason.RATE_LIMITED) {
                result = throttled(answer);
            }
            return result;
        } finally {
            end(result);
        }
    }

    private CallResult recognizeDuplicate(CallResult result) {
        if (result.reason() == Reason.SUCCESS) {
            route.verified.add(token);
        }
        return result instanceof Answer answer
                        && answer.reason() == Reason.ALREADY_REDEEMED
                        && route.verified.contains(token)
                ? answer.asDuplicate()
                : result;
    }

    /** Opens the throttle window, for at most {@code max-retry-after}. */
    private CallResult throttled(Answer answer) {
        Duration requested = Objects.requireNonNullElse(answer.retryAfter(), Decided.ONE_SECOND);
        boolean isCapped = requested.compareTo(route.maxRetryAfter) > 0;
        Duration window = isCapped ? route.maxRetryAfter : requested;
        if (route.throttle.open(window, isCapped)) {
            route.log.throttled(answer, window, requested, token);
        }
        Duration left = route.throttle.remaining();
        // Another call's answer may have asked for longer.
        return answer.withRetryAfter(left.compareTo(window) > 0 ? left : window);
    }

    @Override
    public void cancel() {
        end(null);
    }

    private void end(@Nullable CallResult result) {
        try {
            if (permission != null) {
                permission.onResult(result);
            }
        } finally {
            if (bulkhead != null) {
                bulkhead.release();
            }
            if (observer != null) {
                observer.onEnd(
                        result == null
                                ? new CallEnd(Reason.INTERRUPTED, 0, null, Duration.ZERO)
                                : new CallEnd(result.reason(), result.status(), result.error(), result.duration()));
            }
        }
    }
}
