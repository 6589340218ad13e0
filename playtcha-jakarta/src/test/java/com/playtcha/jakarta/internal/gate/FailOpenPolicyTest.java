package com.playtcha.jakarta.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.challenge.ChallengeContext;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.gate.FailOpenTracker.TrackResult;
import com.playtcha.jakarta.internal.util.LogThrottle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, sections 2 and 7: what is recorded of a request that is allowed unverified, and what a record means. */
class FailOpenPolicyTest {
    private final TestTicker ticker = new TestTicker();
    private final List<String> tracked = new ArrayList<>();
    private UpstreamResult result = TestResults.failure(Reason.CONNECT, "refused", false);
    private TrackResult record = new TrackResult(false, "id-1");

    /** A way to a service with one result. */
    private final class Scripted implements Upstream {
        @Override
        public UpstreamResult call(String token) {
            return result;
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

    private Guard guard(String... keysAndValues) {
        Map<String, String> values = new HashMap<>(Map.of(
                "secret", "sk_test_0123456789abcdef", "base-url", "https://playtcha.example", "late-verdicts", "true"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        Guard.Shared shared = new Guard.Shared(
                new Scripted(),
                new Breaker(ticker, TestResults.endpoint("host"), Duration.ofSeconds(2), change -> {}),
                new ThrottleWindow(ticker, TestResults.endpoint("host"), change -> {}),
                new ReplayGuard(ticker),
                LogThrottle.Scheduler.NONE);
        FailOpenTracker tracker = (source, project, token, age, sent) -> {
            tracked.add(project + " " + token + (sent ? " sent" : ""));
            return record;
        };
        return new Guard(
                TestSettings.guard(values),
                shared,
                new Listeners(List.of(), ticker, LogThrottle.Scheduler.NONE),
                tracker,
                ChallengeContext.empty(ticker),
                ticker);
    }

    private static PresentedToken token(String token) {
        return PresentedToken.of(List.of(token), 100);
    }

    @Test
    void aRequestThatIsAllowedUnverifiedIsTrackedOnceWithWhatMayHaveBeenSent() {
        Guard guard = guard();
        assertThat(guard.verify("t-1").getDeferralId()).isEqualTo("id-1");
        assertThat(guard.verify("t-1").getReason()).isEqualTo(Reason.REPEATED_UNVERIFIED);
        result = TestResults.answer(500, Map.of());
        assertThat(guard.verify("t-2").isAllowed()).isTrue();

        assertThat(tracked).containsExactly("project t-1", "project t-2 sent");
    }

    @Test
    void withoutLateVerdictsNothingIsTracked() {
        Verification allowed = guard("late-verdicts", "false").verify("t-1");

        assertThat(allowed.isAllowed()).isTrue();
        assertThat(allowed.getDeferralId()).isNull();
        assertThat(tracked).isEmpty();
    }

    @Test
    void aRequestWithoutATokenIsAllowedByThePolicyAndNotTracked() {
        Guard guard = guard("missing-token", "policy");
        for (int i = 0; i < 10; i++) {
            guard.verify("t-" + i);
        }
        tracked.clear();

        assertThat(guard.verify(null).isAllowed()).isTrue();
        assertThat(guard.verify(null).isAllowed())
                .as("no token can be repeated")
                .isTrue();
        assertThat(tracked).isEmpty();
    }

    @Test
    void aTokenThatTheStoreHasIsDeniedAndLeavesTheBudgetToOthers() {
        Guard guard = guard("fail-open-per-minute", "1");
        record = new TrackResult(true, null);
        assertThat(guard.verify("of-another-node").getReason()).isEqualTo(Reason.REPEATED_UNVERIFIED);
        record = new TrackResult(false, "id-2");

        assertThat(guard.verify("t-2").getDeferralId()).isEqualTo("id-2");
        assertThat(guard.verify("t-3").getReason()).isEqualTo(Reason.FAIL_OPEN_LIMIT);
    }

    @ParameterizedTest(name = "an earlier guard may have recorded it: {0}; the store has it: {1}; allowed: {2}")
    @CsvSource({"true, true, true", "true, false, true", "false, true, false", "false, false, true"})
    void theRecordOfAnEarlierGuardOfTheRequestIsNoRepetition(boolean mayHold, boolean repeated, boolean allowed) {
        record = new TrackResult(repeated, repeated ? null : "id-3");

        Verification decided = guard().decide(result, token("t-1"), new FailOpenRecord(null, mayHold));

        assertThat(decided.isAllowed()).isEqualTo(allowed);
        assertThat(decided.getDeferralId()).isEqualTo(record.id());
        assertThat(tracked).hasSize(1);
    }

    @Test
    void whatAnEarlierGuardOfTheRequestTrackedIsNotTrackedAgain() {
        Verification decided = guard().decide(result, token("t-1"), new FailOpenRecord("id-9", true));

        assertThat(decided.isAllowed()).isTrue();
        assertThat(decided.getDeferralId()).isEqualTo("id-9");
        assertThat(tracked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"id-1", ""})
    void amongGuardsOfARequestTheFirstRecordCountsWhereThereIsNoneOfItsOwn(String first) {
        String id = first.isEmpty() ? null : first;
        ImmutableVerification untracked = ImmutableVerification.failOpen(result, null);
        ImmutableVerification tracked = ImmutableVerification.failOpen(result, "id-2");
        ImmutableVerification verified =
                ImmutableVerification.of(TestResults.answer(200, Map.of("success", true)), true);

        assertThat(untracked.amongOthers(true, id).getDeferralId()).isEqualTo(id);
        assertThat(tracked.amongOthers(true, id).getDeferralId()).isEqualTo("id-2");
        assertThat(verified.amongOthers(true, id).getDeferralId()).isNull();
        for (ImmutableVerification each : List.of(untracked, tracked, verified)) {
            assertThat(each.amongOthers(true, id).isAllowed()).isTrue();
            assertThat(each.amongOthers(false, id).isAllowed())
                    .as("another denies")
                    .isFalse();
            assertThat(each.amongOthers(false, id).getReason()).isEqualTo(each.getReason());
        }
    }
}
