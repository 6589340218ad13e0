package com.playtcha.jakarta.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.challenge.ChallengeContext;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.util.LogThrottle;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What happens when no further token of an unverified visitor can be remembered. */
class FullReplayGuardTest {
    private final TestTicker ticker = new TestTicker();
    private final ReplayGuard unverified = new ReplayGuard(ticker);

    /** A way to a service that cannot be reached. */
    private static final class Unreachable implements Upstream {
        @Override
        public UpstreamResult call(String token) {
            return TestResults.failure(Reason.CONNECT, "refused", false);
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

    private Guard guard(String failOpenPerMinute) {
        Guard.Shared shared = new Guard.Shared(
                new Unreachable(),
                null,
                new ThrottleWindow(ticker, TestResults.endpoint("host"), change -> {}),
                unverified,
                LogThrottle.Scheduler.NONE);
        Map<String, String> values = Map.of(
                "secret",
                "sk_test_0123456789abcdef",
                "base-url",
                "https://playtcha.example",
                "fail-open-per-minute",
                failOpenPerMinute);
        Listeners none = new Listeners(List.of(), ticker, LogThrottle.Scheduler.NONE);
        FailOpenTracker tracker = (source, project, token, age, sent) -> new FailOpenTracker.TrackResult(false, null);
        return new Guard(TestSettings.guard(values), shared, none, tracker, ChallengeContext.empty(ticker), ticker);
    }

    @Test
    void visitorsAreDeniedForItsOwnReasonUntilThereIsRoomAgain() {
        Guard guard = guard("unlimited");
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta.internal.gate", Level.WARN)) {
            for (int i = 0; i < ReplayGuard.CAPACITY; i++) {
                unverified.tryAdd(TestResults.PROJECT, "attacker-" + i);
            }

            assertThat(guard.verify("visitor").getReason()).isEqualTo(Reason.REPLAY_GUARD_FULL);
            assertThat(guard.verify("visitor").isAllowed()).isFalse();
            assertThat(guard.verify("attacker-0").getReason()).isEqualTo(Reason.REPEATED_UNVERIFIED);
            assertThat(log.lines())
                    .anySatisfy(line -> assertThat(line)
                            .startsWith("WARN")
                            .contains("262144", "fail-open-per-minute", "reason=replay-guard-full"));
        }

        ticker.advance(Duration.ofMinutes(5));
        assertThat(guard.verify("visitor").isAllowed()).isTrue();
    }

    @Test
    void theBudgetIsSpentBeforeATokenIsRemembered() {
        Guard guard = guard("2");
        for (int i = 0; i < 10; i++) {
            guard.verify("attacker-" + i);
        }

        assertThat(unverified.tryAdd(TestResults.PROJECT, "attacker-1")).isEqualTo(Reason.REPEATED_UNVERIFIED);
        assertThat(unverified.tryAdd(TestResults.PROJECT, "attacker-2")).isNull();
    }
}
