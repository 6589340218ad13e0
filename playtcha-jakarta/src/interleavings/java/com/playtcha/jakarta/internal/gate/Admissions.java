package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.VerificationCall;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.util.LogThrottle;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The admission of one guard whose calls succeed at once. */
final class Admissions {
    static final PresentedToken TOKEN = PresentedToken.of(List.of("token"), 100);

    private static final UpstreamResult VERIFIED = TestResults.answer(200, Map.of("success", true));
    private static final GuardSettings TWO_AT_ONCE = settings(2);
    private static final GuardSettings MANY_AT_ONCE = settings(100);

    private static final Upstream UPSTREAM = new Upstream() {
        @Override
        public UpstreamResult call(String token) {
            return VERIFIED;
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
    };

    private Admissions() {}

    private static GuardSettings settings(int maxConcurrent) {
        return TestSettings.guard(Map.of(
                "secret",
                "sk_test_0123456789abcdef",
                "base-url",
                "https://playtcha.example",
                "max-concurrent",
                String.valueOf(maxConcurrent)));
    }

    static CallAdmission ofTwo(TestTicker ticker) {
        return new CallAdmission(TWO_AT_ONCE, route(ticker), null);
    }

    static CallAdmission ofMany(TestTicker ticker, Breaker breaker) {
        return new CallAdmission(MANY_AT_ONCE, route(ticker), breaker);
    }

    private static CallPermit.Route route(TestTicker ticker) {
        return new CallPermit.Route(
                UPSTREAM,
                new ThrottleWindow(ticker, TestResults.endpoint("playtcha"), change -> {}),
                Duration.ofSeconds(60),
                new Listeners(List.of(), ticker, LogThrottle.Scheduler.NONE),
                new VerificationCall("guard", URI.create("https://playtcha.example/v1/verify")),
                new VerifiedTokens(ticker),
                new GuardLog("guard", false, ticker, LogThrottle.Scheduler.NONE));
    }
}
