package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.util.LogThrottle;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks Playtcha about tokens whose requests were let through unverified, under the same breaker and throttle window as
 * visitors' questions, but in none of their places (contract, section 7). Thread-safe.
 */
public final class GuardVerdictClient implements VerdictClient {
    private final Guard.Shared shared;
    private final Duration maxRetryAfter;
    private final GuardLog log;
    private final LogThrottle capped;

    /**
     * For the tokens of one guard.
     *
     * @param source what the guard is called in the log, {@link com.playtcha.jakarta.internal.config.GuardSettings#source}
     * @param shared the guard's way to Playtcha
     * @param maxRetryAfter the longest throttle window that is believed
     * @param nanoTime a monotonic clock in nanoseconds
     */
    public GuardVerdictClient(String source, Guard.Shared shared, Duration maxRetryAfter, LongSupplier nanoTime) {
        this.shared = shared;
        this.maxRetryAfter = maxRetryAfter;
        this.log = new GuardLog(source, nanoTime);
        this.capped = new LogThrottle(nanoTime);
    }

    /**
     * Asks once, unless the breaker holds questions back.
     *
     * @param token in visible ASCII
     * @return the answer; throws for a bug of our own only
     * @throws IllegalStateException when the way to Playtcha was closed
     */
    @Override
    public UpstreamResponse call(String token) {
        Breaker breaker = shared.breaker();
        Breaker.Pass pass = breaker == null ? null : breaker.tryPass();
        if (breaker != null && pass == null) {
            return new UpstreamResponse.CallFailure(Reason.BREAKER_OPEN, "the breaker is open", false);
        }
        UpstreamResponse answer = null;
        try {
            answer = bounded(shared.upstream().call(token), token);
            return answer;
        } finally {
            tell(pass, answer);
            heed(answer);
        }
    }

    private static void tell(Breaker.@Nullable Pass pass, @Nullable UpstreamResponse answer) {
        if (pass == null) {
            return;
        }
        if (answer == null) {
            pass.inconclusive();
        } else {
            pass.ended(answer);
        }
    }

    /** A window that is not believed towards visitors is not towards their tokens either. */
    private UpstreamResponse bounded(UpstreamResponse answer, String token) {
        if (answer instanceof UpstreamResponse.HttpReply reply && reply.status() == 429) {
            Duration asked = reply.retryAfter();
            if (asked != null && asked.compareTo(maxRetryAfter) > 0 && capped.count("capped") > 0) {
                log.capped(AnswerClassifier.of(reply), asked, maxRetryAfter, token);
            }
            return new UpstreamResponse.HttpReply(
                    reply.status(),
                    reply.success(),
                    reply.degraded(),
                    reply.fields(),
                    reply.error(),
                    ThrottleWindow.bounded(asked, maxRetryAfter),
                    reply.location());
        }
        return answer;
    }

    private void heed(@Nullable UpstreamResponse answer) {
        if (answer instanceof UpstreamResponse.HttpReply reply && reply.status() == 429) {
            shared.throttle().open(ThrottleWindow.bounded(reply.retryAfter(), maxRetryAfter));
        }
    }

    /**
     * How long not to ask: what is left of the throttle window, or of an open breaker.
     *
     * @return zero when it may be asked
     */
    @Override
    public Duration holdOff() {
        Duration window = shared.throttle().remaining();
        Breaker breaker = shared.breaker();
        Duration open = breaker == null ? Duration.ZERO : breaker.heldBackFor();
        return open.compareTo(window) > 0 ? open : window;
    }
}
