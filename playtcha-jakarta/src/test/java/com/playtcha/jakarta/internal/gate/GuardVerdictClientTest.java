package com.playtcha.jakarta.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.UpstreamError;
import java.time.Duration;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Late questions heed throttle windows as visitors' do (contract, section 2). */
class GuardVerdictClientTest {
    private static final Duration MOST = Duration.ofSeconds(60);

    private final TestTicker ticker = new TestTicker();
    private Duration retryAfter = Duration.ofSeconds(61);

    /** A way to a service that throttles. */
    private final class Throttled implements Upstream {
        @Override
        public UpstreamResponse call(String token) {
            Map<String, Object> fields = Map.of("code", "rate_limited_ip", "message", "no " + token);
            return new UpstreamResponse.HttpReply(
                    429, null, false, Map.of(), new UpstreamError(429, fields), retryAfter, null);
        }

        @Override
        public void callAsync(String token, BiConsumer<UpstreamResponse, Throwable> then) {
            then.accept(call(token), null);
        }

        @Override
        public void dispatch(Runnable work) {
            work.run();
        }

        @Override
        public boolean isClosed() {
            return false;
        }

        @Override
        public String project() {
            return "project";
        }
    }

    private final GuardVerdictClient questions = new GuardVerdictClient(
            "shop/sign-up",
            new Guard.Shared(
                    new Throttled(),
                    null,
                    new ThrottleWindow(ticker, "throttling", change -> {}),
                    new ReplayGuard(ticker)),
            MOST,
            ticker);

    @Test
    void aWindowThatIsCappedIsLoggedOnceAMinute() {
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta.internal.gate", Level.INFO)) {
            UpstreamResponse.HttpReply answer = (UpstreamResponse.HttpReply) questions.call("whole-token-123");
            questions.call("whole-token-123");

            assertThat(answer.retryAfter()).isEqualTo(MOST);
            assertThat(questions.holdOff()).isEqualTo(MOST);
            assertThat(log.everything()).doesNotContain("whole-token-123");
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN ")
                    .contains("Retry-After of 61 s", "60 s are kept", "guard=shop/sign-up", "status=429")
                    .contains("code=rate_limited_ip");

            ticker.advance(Duration.ofMinutes(1));
            questions.call("whole-token-123");
            assertThat(log.lines()).hasSize(1);
        }
    }

    @Test
    void aWindowThatIsBelievedIsNot() {
        retryAfter = MOST;
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta.internal.gate", Level.INFO)) {
            questions.call("whole-token-123");

            assertThat(questions.holdOff()).isEqualTo(MOST);
            assertThat(log.lines()).isEmpty();
        }
    }
}
