package com.playtcha.jakarta.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.BreakerState;
import com.playtcha.jakarta.CallObserver;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationCall;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.challenge.ChallengeContext;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.util.LogThrottle;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Calls for late verdicts apply throttle windows as visitors' calls do (contract, section 2). */
class VerdictClientTest {
    private static final Duration MOST = Duration.ofSeconds(60);

    private final TestTicker ticker = new TestTicker();
    private Duration retryAfter = Duration.ofSeconds(61);

    /** A way to a service that throttles. */
    private final class Throttled implements Upstream {
        @Override
        public UpstreamResult call(String token) {
            Map<String, Object> fields = Map.of("code", "rate_limited_ip", "message", "no " + token);
            return TestResults.answer(429, Map.of("error", fields), retryAfter, null);
        }

        @Override
        public void execute(Runnable work) {
            work.run();
        }

        @Override
        public boolean isClosed() {
            return false;
        }

        @Override
        public Project project() {
            return TestResults.PROJECT;
        }
    }

    private final ThrottleWindow window = new ThrottleWindow(ticker, TestResults.endpoint("throttling"), change -> {});

    private VerdictClient client(String maxRetryAfter) {
        return client(maxRetryAfter, null, List.of());
    }

    private VerdictClient client(String maxRetryAfter, Breaker breaker, List<VerificationListener> listeners) {
        Guard.Shared shared =
                new Guard.Shared(new Throttled(), breaker, window, new ReplayGuard(ticker), LogThrottle.Scheduler.NONE);
        Map<String, String> values = Map.of(
                "secret",
                "sk_test_0123456789abcdef",
                "base-url",
                "https://playtcha.example",
                "max-retry-after",
                maxRetryAfter);
        FailOpenTracker none = (source, project, token, age, sent) -> new FailOpenTracker.TrackResult(false, null);
        return new Guard(
                        TestSettings.guard("shop", values),
                        shared,
                        new Listeners(listeners, ticker, LogThrottle.Scheduler.NONE),
                        none,
                        ChallengeContext.empty(ticker),
                        ticker)
                .verdictClient();
    }

    private static Duration retryAfter(CallResult result) {
        return result.retryAfter();
    }

    @Test
    void aCappedWindowIsLoggedOnceAndWithoutTheToken() {
        VerdictClient client = client("60s");
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta.internal.gate", Level.INFO)) {
            assertThat(retryAfter(client.callForLateVerdict("whole-token-123"))).isEqualTo(MOST);
            client.callForLateVerdict("whole-token-123");

            assertThat(client.holdOff()).isEqualTo(MOST);
            assertThat(log.everything()).doesNotContain("whole-token-123");
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN ")
                    .contains("no call for 60 s", "Retry-After of 61 s", "guard=shop", "status=429")
                    .contains("code=rate_limited_ip");
        }
    }

    @Test
    void aCapThatLengthensAnOpenWindowIsLoggedOnceToo() {
        VerdictClient client = client("60s");
        retryAfter = Duration.ofSeconds(2);
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta.internal.gate", Level.INFO)) {
            client.callForLateVerdict("token");
            retryAfter = Duration.ofSeconds(61);
            client.callForLateVerdict("token");
            client.callForLateVerdict("token");

            assertThat(client.holdOff()).isEqualTo(MOST);
            List<String> lines = log.lines();
            assertThat(lines).hasSize(2);
            assertThat(lines.get(0)).contains("no call for 2 s").doesNotContain("max-retry-after");
            assertThat(lines.get(1)).contains("no call for 60 s", "Retry-After of 61 s");
        }
    }

    @Test
    void anErrorOfAListenerDoesNotKeepTheBreakerHalfOpen() {
        Breaker breaker = new Breaker(ticker, TestResults.endpoint("throttling"), Duration.ofSeconds(2), change -> {});
        for (int i = 0; i < 10; i++) {
            TestResults.fail(breaker.tryAcquire());
        }
        ticker.advance(Breaker.FIRST_OPEN);
        VerificationListener failing = new VerificationListener() {
            @Override
            public void onVerification(String guard, Verification verification) {}

            @Override
            public CallObserver onCall(VerificationCall call) {
                throw new StackOverflowError("a test's");
            }
        };

        assertThatThrownBy(() -> client("60s", breaker, List.of(failing)).callForLateVerdict("token"))
                .isInstanceOf(StackOverflowError.class);
        assertThat(client("60s", breaker, List.of()).callForLateVerdict("token").status())
                .isEqualTo(429);
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    }
}
