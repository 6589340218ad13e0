package com.playtcha.jakarta.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.BreakerState;
import com.playtcha.jakarta.CallEnd;
import com.playtcha.jakarta.CallObserver;
import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationCall;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.challenge.ChallengeContext;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.gate.ImmutableVerification;
import com.playtcha.jakarta.internal.gate.Listeners;
import com.playtcha.jakarta.internal.gate.TestTicker;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The guard from token to decision, over real HTTP, with a test clock (contract, sections 2 and 3). */
class GuardTest {
    private static final String SECRET = TestGuards.SECRET;

    private final TestGuards guards = new TestGuards();
    private final PlaytchaStandIn playtcha = guards.playtcha;
    private final TestTicker ticker = guards.ticker;
    private final CapturedLog log = guards.log;
    private final List<Verification> heard = guards.heard;

    @AfterEach
    void close() {
        guards.close();
    }

    private Guard guard(String... keysAndValues) {
        return guards.guard(keysAndValues);
    }

    @ParameterizedTest(name = "{0} {1}: {2}, {3}, open {4}, closed {5}")
    @CsvSource({
        // The rows of contract section 1, then those the outcome table adds.
        "401, token_invalid,    REJECTED, TOKEN_INVALID, false, false",
        "401, bad_secret,       REJECTED, BAD_SECRET, false, false",
        "404, unknown_project,  REJECTED, UNKNOWN_PROJECT, false, false",
        "409, already_redeemed, REJECTED, ALREADY_REDEEMED, false, false",
        "410, token_expired,    REJECTED, TOKEN_EXPIRED, false, false",
        "429, rate_limited_ip,  THROTTLED, RATE_LIMITED, false, false",
        "500, db_error,         UNAVAILABLE, SERVER_ERROR, true, false",
        "403, brand_new,        REJECTED, REFUSED, false, false",
        "400, ,                 REJECTED, NO_ENVELOPE, false, false",
        "408, ,                 REJECTED, NO_ENVELOPE, false, false",
        "499, x,                REJECTED, REFUSED, false, false",
        "429, ,                 THROTTLED, RATE_LIMITED, false, false",
        "502, ,                 UNAVAILABLE, SERVER_ERROR, true, false",
        "503, token_invalid,    UNAVAILABLE, SERVER_ERROR, true, false",
        "599, ,                 UNAVAILABLE, SERVER_ERROR, true, false",
        "204, ,                 UNAVAILABLE, NOT_PLAYTCHA, true, false",
        "302, ,                 UNAVAILABLE, NOT_PLAYTCHA, true, false",
        "304, ,                 UNAVAILABLE, NOT_PLAYTCHA, true, false"
    })
    void eachStatusHasItsOutcomeUnderBothPolicies(
            int status, String code, Outcome outcome, Reason reason, boolean open, boolean closed) {
        Reply reply = code == null ? Reply.status(status) : Reply.error(status, code, "why");
        playtcha.script(reply);
        Verification failOpen = guard().verify("a-token-1");
        ticker.advance(Duration.ofHours(1));
        playtcha.script(reply);
        Verification failClosed = guard("fail-closed", "1").verify("a-token-2");

        for (Verification verification : List.of(failOpen, failClosed)) {
            assertThat(verification.getOutcome()).isEqualTo(outcome);
            assertThat(verification.getReason()).isEqualTo(reason);
            assertThat(verification.getStatus()).isEqualTo(status);
            assertThat(verification.isDegraded()).isFalse();
            if (code == null) {
                assertThat(verification.getError()).isNull();
            } else {
                assertThat(verification.getError().getCode()).isEqualTo(code);
                assertThat(verification.getError().getMessage()).isEqualTo("why");
                assertThat(verification.getError().getRequestId()).startsWith("req_");
            }
        }
        assertThat(failOpen.isAllowed()).isEqualTo(open);
        assertThat(failClosed.isAllowed()).isEqualTo(closed);
        assertThat(playtcha.requestCount()).isEqualTo(2);
        assertThat(heard).containsExactly(failOpen, failClosed);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void degradedIsSuccessUnderBothPolicies(boolean failClosed) {
        Verification verification =
                guard("fail-closed", Boolean.toString(failClosed)).verify("ok-degraded-1");

        assertThat(verification.getOutcome()).isEqualTo(Outcome.VERIFIED);
        assertThat(verification.isAllowed()).isTrue();
        assertThat(verification.isDegraded()).isTrue();
        assertThat(verification.getFields()).containsEntry("success", true).containsEntry("degraded", true);
        assertThat(verification.getDuration()).isPositive();
    }

    @ParameterizedTest(name = "after {0} ms: {1}")
    @CsvSource({"0, true", "9999, true", "10000, false"})
    void aTokenThatWasVerifiedAMomentAgoIsADuplicateSubmission(long millis, boolean duplicate) {
        Reply redeemed = Reply.error(409, "already_redeemed", "m");
        playtcha.script(Reply.ok(), redeemed, redeemed);
        Guard guard = guard();
        assertThat(guard.verify("t-1").isAllowed()).isTrue();
        ticker.advance(Duration.ofMillis(millis));

        assertThat(guard.verify("t-1")).isInstanceOfSatisfying(ImmutableVerification.class, again -> {
            assertThat(again.getReason()).isEqualTo(Reason.ALREADY_REDEEMED);
            assertThat(again.isAllowed()).isFalse();
            assertThat(again.isDuplicateSubmission()).isEqualTo(duplicate);
        });
        assertThat(guard.verify("t-2"))
                .isInstanceOfSatisfying(
                        ImmutableVerification.class,
                        other -> assertThat(other.isDuplicateSubmission()).isFalse());
    }

    @Test
    void aTokenThatWasRejectedIsNoDuplicateSubmission() {
        playtcha.script(Reply.successFalse(), Reply.error(409, "already_redeemed", "m"));
        Guard guard = guard();
        guard.verify("t-1");
        ImmutableVerification redeemed = (ImmutableVerification) guard.verify("t-1");
        assertThat(redeemed.isDuplicateSubmission()).isFalse();
        playtcha.script(Reply.ok(), Reply.error(401, "token_invalid", "m"));
        guard.verify("t-2");
        ImmutableVerification invalid = (ImmutableVerification) guard.verify("t-2");
        assertThat(invalid.isDuplicateSubmission()).isFalse();
    }

    @Test
    void eachCallIsReportedWithItsEnd() {
        List<CallEnd> ends = new ArrayList<>();
        guards.listeners.add(new VerificationListener() {
            @Override
            public void onVerification(String guard, Verification verification) {
                // Not what is looked at here.
            }

            @Override
            public CallObserver onCall(VerificationCall call) {
                assertThat(call.guard()).isEqualTo("default");
                return ends::add;
            }
        });
        playtcha.script(Reply.ok(), Reply.error(401, "token_invalid", "m"), Reply.resetConnection());
        Guard guard = guard();
        guard.verify("t-1");
        guard.verify("t-2");
        guard.verify("t-3");
        guard.verify(null);

        assertThat(ends).extracting(CallEnd::reason).containsExactly(Reason.SUCCESS, Reason.TOKEN_INVALID, Reason.IO);
        assertThat(ends).extracting(CallEnd::status).containsExactly(200, 401, 0);
    }

    @Test
    void successFalseIsARejectionWithoutAnInventedEnvelope() {
        Verification verification = guard().verify("success-false-1");

        assertThat(verification.getReason()).isEqualTo(Reason.SUCCESS_FALSE);
        assertThat(verification.isAllowed()).isFalse();
        assertThat(verification.getError()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {"null, TOKEN_ABSENT", "'', TOKEN_ABSENT", "'  ', TOKEN_ABSENT", "'a b', TOKEN_MALFORMED"})
    void noCallIsMadeWithoutAToken(String token, Reason reason) {
        Verification verification = guard().verify(token);

        assertThat(verification.getOutcome()).isEqualTo(Outcome.NO_TOKEN);
        assertThat(verification.getReason()).isEqualTo(reason);
        assertThat(verification.isAllowed()).isFalse();
        assertThat(playtcha.connectionCount()).isZero();
    }

    @Test
    void a429IsHonouredForItsTimeByAllGuardsOfTheAddress() {
        playtcha.script(Reply.error(429, "rate_limited_ip", "m").header("Retry-After", "30"));
        Guard signup = guard();
        Guard newsletter = guard("fail-closed", "true", "secret", SECRET + "x");

        Verification first = signup.verify("a-token-1");
        ticker.advance(Duration.ofMillis(28_500));
        Verification inside = newsletter.verify("ok-2");

        assertThat(first.getRetryAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(inside.getReason()).isEqualTo(Reason.THROTTLE_WINDOW);
        assertThat(inside.getRetryAfter()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(inside.getError()).isNull();
        assertThat(inside.isAllowed()).isFalse();
        assertThat(playtcha.requestCount()).isEqualTo(1);

        ticker.advance(Duration.ofMillis(1_500));
        assertThat(signup.verify("ok-3").isAllowed()).isTrue();
    }

    @ParameterizedTest(name = "Retry-After \"{0}\" with Date \"{1}\" is {2} s")
    @CsvSource(
            nullValues = "null",
            delimiter = '|',
            value = {
                "null | null | 1",
                "'' | null | 1",
                "soon | null | 1",
                "-5 | null | 1",
                "0 | null | 1",
                "1 | null | 1",
                "007 | null | 7",
                "1.5 | null | 1",
                "3600 | null | 300",
                "99999999999999999999999 | null | 300",
                "Sun, 06 Nov 1994 08:49:37 GMT | Sun, 06 Nov 1994 08:49:30 GMT | 7",
                "Sun, 06 Nov 1994 08:49:20 GMT | Sun, 06 Nov 1994 08:49:30 GMT | 1",
                "Sun, 06 Nov 1994 08:49:37 GMT | null | 1",
                "Sun Nov  6 08:49:37 1994 | Sun, 06 Nov 1994 08:49:30 GMT | 7",
                "Wed Nov 16 08:49:37 1994 | Wed Nov 16 08:49:30 1994 | 7",
                "Sun, 06 Nov 1994 08:49:37 GMT | Sun Nov  6 08:49:30 1994 | 7",
                "Thursday, 26-Nov-26 08:49:37 GMT | Thursday, 26-Nov-26 08:49:30 GMT | 7"
            })
    void retryAfterIsSecondsOrADateRelativeToTheAnswersOwn(String retryAfter, String date, int seconds) {
        Reply reply = Reply.error(429, "rate_limited_ip", "m").withoutDate();
        reply = retryAfter == null ? reply : reply.header("Retry-After", retryAfter);
        playtcha.script(date == null ? reply : reply.header("Date", date));

        assertThat(guard().verify("a-token-1").getRetryAfter()).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void aVisitorIsNotToldToComeBackWhileAnotherAnswersWindowIsOpen() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Reply throttled = Reply.error(429, "rate_limited_ip", "m");
        playtcha.script(throttled.header("Retry-After", "2").holdUntil(release));
        playtcha.script(Reply.error(429, "rate_limited_ip", "m").header("Retry-After", "300"));
        Guard guard = guard("timeout", "PT1M");
        CompletableFuture<Verification> first =
                CompletableFuture.supplyAsync(() -> guard.verify("a-token-1"), work -> new Thread(work).start());
        playtcha.awaitRequests(1, Duration.ofSeconds(10));
        guard.verify("a-token-2");
        release.countDown();

        assertThat(first.get(60, TimeUnit.SECONDS).getRetryAfter()).isGreaterThan(Duration.ofSeconds(200));
    }

    @Test
    void whatIsTooMuchForUsIsNeverAReasonToFailOpen() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        playtcha.always(Reply.error(401, "token_invalid", "m").holdUntil(release));
        Guard guard = guard("max-concurrent", "2", "timeout", "PT1M");
        CompletableFuture<Verification> one =
                CompletableFuture.supplyAsync(() -> guard.verify("bot-1"), work -> new Thread(work).start());
        CompletableFuture<Verification> two =
                CompletableFuture.supplyAsync(() -> guard.verify("bot-2"), work -> new Thread(work).start());
        playtcha.awaitRequests(2, Duration.ofSeconds(10));

        assertThat(guard.active()).isEqualTo(2);
        Verification third = guard.verify("bot-3");
        release.countDown();

        assertThat(third.getOutcome()).isEqualTo(Outcome.OVERLOADED);
        assertThat(log.lines())
                .filteredOn(line -> line.startsWith("WARN"))
                .singleElement()
                .asString()
                .contains("more verifications in flight than max-concurrent", "reason=max-concurrent count=1");
        assertThat(third.isAllowed()).isFalse();
        assertThat(third.getRetryAfter()).isEqualTo(Duration.ofSeconds(1));
        assertThat(one.get().getReason()).isEqualTo(Reason.TOKEN_INVALID);
        assertThat(two.get().getReason()).isEqualTo(Reason.TOKEN_INVALID);
        assertThat(guard.verify("bot-4").getReason())
                .as("the places are free again")
                .isEqualTo(Reason.TOKEN_INVALID);
        assertThat(guard.active()).isZero();
    }

    @Test
    void theBreakerOpensOnBrokenTransportAndClosesWithAnAnswer() {
        Guard open = guard();
        playtcha.always(Reply.resetConnection());
        for (int i = 0; i < 10; i++) {
            assertThat(open.verify("broken-" + i).getReason()).isEqualTo(Reason.IO);
        }
        playtcha.always(null);

        Verification held = open.verify("ok-held");
        assertThat(held.getReason()).isEqualTo(Reason.BREAKER_OPEN);
        assertThat(held.isAllowed()).isTrue();
        assertThat(playtcha.requestCount()).isEqualTo(10);

        ticker.advance(Duration.ofSeconds(5));
        assertThat(open.verify("ok-probe").getOutcome()).isEqualTo(Outcome.VERIFIED);
        assertThat(open.verify("ok-next").getOutcome()).isEqualTo(Outcome.VERIFIED);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 409, 429, 500, 503, 302})
    void noHttpAnswerOpensTheBreaker(int status) {
        Guard guard = guard("max-retry-after", "1s");
        playtcha.always(Reply.error(status, "code", "m"));
        for (int i = 0; i < 30; i++) {
            guard.verify("token-" + i);
            ticker.advance(Duration.ofSeconds(1));
        }
        assertThat(playtcha.requestCount()).isEqualTo(30);
    }

    @Test
    void withBreakerOffEveryCallIsMade() {
        Guard guard = guard("breaker", "false");
        playtcha.always(Reply.resetConnection());
        for (int i = 0; i < 15; i++) {
            guard.verify("broken-" + i);
        }
        assertThat(playtcha.requestCount()).isEqualTo(15);
    }

    @Test
    void missingTokenIsUnavailableOnlyWhileTheBreakerIsOpen() {
        Guard guard = guard("missing-token", "policy");
        assertThat(guard.verify(null).getOutcome()).isEqualTo(Outcome.NO_TOKEN);
        playtcha.always(Reply.resetConnection());
        for (int i = 0; i < 10; i++) {
            guard.verify("broken-" + i);
        }

        assertThat(guard.verify(null).isAllowed()).isTrue();
        assertThat(guard.verify(null).getOutcome()).isEqualTo(Outcome.UNAVAILABLE);
        assertThat(guard.verify("mal formed").getOutcome()).isEqualTo(Outcome.NO_TOKEN);
    }

    @Test
    void aTokenIsLetThroughUnverifiedOnceInFiveMinutes() {
        playtcha.always(Reply.error(500, "db_error", "m"));
        Guard guard = guard();

        assertThat(guard.verify("same-token").isAllowed()).isTrue();
        Verification again = guard.verify("same-token");
        assertThat(again.isAllowed()).isFalse();
        assertThat(again.getReason()).isEqualTo(Reason.REPEATED_UNVERIFIED);
        assertThat(again.getOutcome()).isEqualTo(Outcome.UNAVAILABLE);
        assertThat(again.getError().getCode()).isEqualTo("db_error");
        assertThat(again.toString())
                .startsWith("Verification[UNAVAILABLE, reason=repeated-unverified, allowed=false, degraded=false,"
                        + " status=500, error=");
        assertThat(guard.verify("other-token").isAllowed()).isTrue();

        ticker.advance(Duration.ofMinutes(5));
        assertThat(guard.verify("same-token").isAllowed()).isTrue();
    }

    @Test
    void theFailOpenBudgetIsKept() {
        playtcha.always(Reply.error(500, "db_error", "m"));
        Guard guard = guard("fail-open-per-minute", "2");
        assertThat(guard.verify("t1").isAllowed()).isTrue();
        assertThat(guard.verify("t2").isAllowed()).isTrue();

        Verification third = guard.verify("t3");
        assertThat(third.isAllowed()).isFalse();
        assertThat(third.getReason()).isEqualTo(Reason.FAIL_OPEN_LIMIT);

        ticker.advance(Duration.ofMinutes(1));
        assertThat(guard.verify("t3").isAllowed())
                .as("a denied token was not let through, so it may be now")
                .isTrue();
    }

    @Test
    void aResetEndsTheWindowAndClosesTheBreaker() {
        Guard guard = guard();
        assertThat(guard.breakerState()).isEqualTo(BreakerState.CLOSED);
        assertThat(guard.isThrottled()).isFalse();
        assertThat(guard.project()).isNotNull().isEqualTo(guard().project());
        playtcha.always(Reply.resetConnection());
        for (int i = 0; i < 10; i++) {
            guard.verify("broken-" + i);
        }
        assertThat(guard.breakerState()).isEqualTo(BreakerState.OPEN);
        guard.reset();
        assertThat(guard.breakerState()).isEqualTo(BreakerState.CLOSED);

        playtcha.always(Reply.error(429, "rate_limited_ip", "m").header("Retry-After", "30"));
        assertThat(guard.verify("t").getReason()).isEqualTo(Reason.RATE_LIMITED);
        assertThat(guard.isThrottled()).isTrue();
        playtcha.always(null);
        guard.reset();

        assertThat(guard.isThrottled()).isFalse();
        assertThat(guard.verify("ok-1").getOutcome()).isEqualTo(Outcome.VERIFIED);
    }

    @Test
    void aGuardWithoutBreakerHasNoStateAndIsResetAllTheSame() {
        Guard guard = guard("breaker", "false");
        playtcha.script(Reply.error(429, "rate_limited_ip", "m").header("Retry-After", "30"));
        guard.verify("t");
        guard.reset();

        assertThat(guard.breakerState()).isNull();
        assertThat(guard.isThrottled()).isFalse();
    }

    @Test
    void disabledGuardMakesNoCallAndAllowsEveryRequest() {
        Guard guard = new Guard(
                TestSettings.guard(Map.of("enabled", "false")),
                null,
                TestGuards.NO_LISTENERS,
                TestGuards.NO_TRACKER,
                ChallengeContext.empty(ticker),
                ticker);

        Verification verification = guard.verify(null);
        assertThat(verification.getOutcome()).isEqualTo(Outcome.DISABLED);
        assertThat(verification.isAllowed()).isTrue();
        assertThat(verification.getError()).isNull();

        guard.reset();
        assertThat(guard.active()).isZero();
        assertThat(guard.breakerState()).isNull();
        assertThat(guard.isThrottled()).isFalse();
        assertThat(guard.project()).isNull();
    }

    @Test
    void aListenerThatFailsChangesNothing() {
        Guard failing = new Guard(
                TestSettings.guard(Map.of("enabled", "false")),
                null,
                new Listeners(
                        List.of((name, verification) -> {
                            throw new IllegalArgumentException("listener");
                        }),
                        ticker,
                        guards.scheduler),
                TestGuards.NO_TRACKER,
                ChallengeContext.empty(ticker),
                ticker);

        assertThat(failing.verify("t").isAllowed()).isTrue();
        assertThat(log.lines()).anySatisfy(line -> assertThat(line).startsWith("WARN"));
    }
}
