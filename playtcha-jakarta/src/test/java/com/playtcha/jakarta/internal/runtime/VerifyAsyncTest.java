package com.playtcha.jakarta.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.challenge.ChallengeContext;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import com.playtcha.jakarta.testkit.VerificationBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code verifyAsync}: the behaviour of {@code verify} without blocking the caller (contract, sections 2 and 3). */
class VerifyAsyncTest {
    private final TestGuards guards = new TestGuards();
    private final PlaytchaStandIn playtcha = guards.playtcha;

    @AfterEach
    void close() {
        guards.close();
    }

    private static CompletableFuture<Verification> async(PlaytchaVerifier verifier, String token) {
        return verifier.verifyAsync(token).toCompletableFuture();
    }

    private static <T> T get(CompletableFuture<T> stage) throws Exception {
        return stage.get(1, TimeUnit.MINUTES);
    }

    static Stream<Arguments> replies() {
        return Stream.of(
                Arguments.of("10s", Reply.ok()),
                Arguments.of("10s", Reply.okDegraded()),
                Arguments.of("10s", Reply.successFalse()),
                Arguments.of("10s", Reply.error(401, "bad_secret", "m").requestId("r")),
                Arguments.of("10s", Reply.error(409, "already_redeemed", "m").requestId("r")),
                Arguments.of("10s", Reply.status(403)),
                Arguments.of(
                        "10s",
                        Reply.error(429, "rate_limited_ip", "m").requestId("r").header("Retry-After", "3600")),
                Arguments.of("10s", Reply.error(500, "db_error", "m").requestId("r")),
                Arguments.of("10s", Reply.status(302).header("Location", "https://other.example")),
                Arguments.of("10s", Reply.json(200, "{\"success\":1}")),
                Arguments.of("10s", Reply.resetConnection()),
                Arguments.of("500ms", Reply.hang()));
    }

    @ParameterizedTest(name = "[{index}]")
    @MethodSource("replies")
    void outcomePolicyLogAndListenersAreThoseOfVerify(String timeout, Reply reply) throws Exception {
        String[] settings = {"timeout", timeout, "connect-timeout", timeout};
        playtcha.script(reply);
        Verification sync = guards.guard(settings).verify("a-token-1");
        List<String> syncLines = lines();
        guards.ticker.advance(Duration.ofHours(1));
        playtcha.script(reply);
        Verification async = get(async(guards.guard(settings), "a-token-1"));

        assertThat(async).hasToString(sync.toString());
        assertThat(async.getRetryAfter()).isEqualTo(sync.getRetryAfter());
        assertThat(async.getFields()).isEqualTo(sync.getFields());
        assertThat(guards.heard).containsExactly(sync, async);
        assertThat(lines()).isEqualTo(syncLines);
    }

    private List<String> lines() {
        return guards.log.lines().stream()
                .map(line -> line.replaceAll("detail=.*", ""))
                .toList();
    }

    @Test
    void stageIsCompleteWhereNoCallIsNeeded() {
        Guard off = new Guard(
                TestSettings.guard(Map.of("enabled", "false")),
                null,
                TestGuards.NO_LISTENERS,
                TestGuards.NO_TRACKER,
                ChallengeContext.empty(guards.ticker),
                guards.ticker);

        assertThat(async(off, "t")).isCompletedWithValueMatching(Verification::isAllowed);
        assertThat(async(guards.guard(), null))
                .isCompletedWithValueMatching(v -> v.getReason() == Reason.TOKEN_ABSENT && !v.isAllowed());
        assertThat(guards.heard).hasSize(1);
        assertThat(playtcha.connectionCount()).isZero();
    }

    @Test
    void aPlaceIsTakenBeforeAnythingIsStartedAndGivenBackWithTheAnswer() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        playtcha.script(Reply.ok().holdUntil(release));
        Guard guard = guards.guard("max-concurrent", "1");
        CompletableFuture<Verification> first = async(guard, "t-1");

        assertThat(async(guard, "t-2")).isCompletedWithValueMatching(v -> v.getOutcome() == Outcome.OVERLOADED);
        assertThat(guard.verify("t-3").getOutcome()).isEqualTo(Outcome.OVERLOADED);
        release.countDown();

        assertThat(get(first).getOutcome()).isEqualTo(Outcome.VERIFIED);
        assertThat(get(async(guard, "ok-4")).getOutcome()).isEqualTo(Outcome.VERIFIED);
        assertThat(playtcha.requestCount()).isEqualTo(2);
    }

    @Test
    void workThatIsChainedAndNeverEndsTakesABoundedNumberOfThreads() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Guard guard = guards.guard("max-concurrent", "64");
        List<CompletableFuture<Boolean>> busy = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            CountDownLatch answer = new CountDownLatch(1);
            CountDownLatch chained = new CountDownLatch(1);
            playtcha.script(Reply.ok().holdUntil(answer));
            busy.add(async(guard, "t-" + i).thenApply(verification -> {
                chained.countDown();
                awaitQuietly(release);
                return verification.isAllowed();
            }));
            answer.countDown();
            assertThat(chained.await(1, TimeUnit.MINUTES)).isTrue();
        }

        assertThat(async(guard, "ok-one-more"))
                .isCompletedWithValueMatching(v -> v.getOutcome() == Outcome.OVERLOADED && !v.isAllowed());
        assertThat(guard.verify("ok-waiting").getOutcome())
                .as("who waits for an answer needs no such thread")
                .isEqualTo(Outcome.VERIFIED);
        release.countDown();

        for (CompletableFuture<Boolean> stage : busy) {
            assertThat(get(stage)).isTrue();
        }
        Awaitility.await()
                .until(() -> get(async(guard, "ok-after")).getOutcome(), outcome -> outcome != Outcome.OVERLOADED);
    }

    @Test
    void whatTheCallerDoesToTheirStageChangesNothingForTheCall() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        playtcha.script(Reply.error(401, "token_invalid", "m").holdUntil(release));
        playtcha.script(Reply.successFalse().holdUntil(release));
        Guard guard = guards.guard("max-concurrent", "2");
        CompletableFuture<Verification> cancelled = async(guard, "t-1");
        CompletableFuture<Verification> completed = async(guard, "t-2");
        playtcha.awaitRequests(2, Duration.ofSeconds(20));
        cancelled.cancel(true);
        completed.complete(
                VerificationBuilder.because(Reason.SUCCESS).allowed(true).build());

        assertThat(async(guard, "t-3"))
                .as("the places are taken still")
                .isCompletedWithValueMatching(v -> v.getOutcome() == Outcome.OVERLOADED);
        release.countDown();
        Awaitility.await().until(() -> guards.heard.size() == 3);

        assertThat(guards.heard)
                .extracting(Verification::getReason)
                .containsExactlyInAnyOrder(Reason.MAX_CONCURRENT, Reason.TOKEN_INVALID, Reason.SUCCESS_FALSE);
        assertThat(get(async(guard, "ok-4")).getOutcome()).isEqualTo(Outcome.VERIFIED);
    }

    @Test
    void blockingContinuationHoldsNoPermitAndDelaysNoOtherCall() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Guard guard = guards.guard("max-concurrent", "1", "timeout", "3s", "connect-timeout", "3s");
        for (int i = 0; i < 3; i++) {
            CountDownLatch answer = new CountDownLatch(1);
            CountDownLatch blocked = new CountDownLatch(1);
            playtcha.script(i == 1 ? Reply.hang() : Reply.ok().holdUntil(answer));
            CompletableFuture<String> stuck = async(guard, "t-" + i).thenApply(verification -> {
                blocked.countDown();
                awaitQuietly(never);
                return Thread.currentThread().getName();
            });
            answer.countDown();
            blocked.await();
            assertThat(stuck).isNotDone();
        }

        assertThat(get(async(guard, "ok-1")).getOutcome()).isEqualTo(Outcome.VERIFIED);
        assertThat(guard.verify("ok-2").getOutcome()).isEqualTo(Outcome.VERIFIED);
        playtcha.script(Reply.hang());
        assertThat(get(async(guard, "t")).getReason()).isEqualTo(Reason.TIMEOUT);
        never.countDown();
        release.countDown();
    }

    @Test
    void aContinuationRunsInTheLibrarysOwnContext() throws Exception {
        InheritableThreadLocal<String> visitor = new InheritableThreadLocal<>();
        visitor.set("another visitor");
        Guard guard = guards.guard();
        for (int i = 0; i < 2; i++) {
            // Held until the continuation is attached: one that is attached later runs on this test's thread.
            CountDownLatch answer = new CountDownLatch(1);
            playtcha.script(Reply.ok().holdUntil(answer));
            CompletableFuture<Void> seen = async(guard, "t-" + i).thenAccept(verification -> {
                assertThat(visitor.get()).isNull();
                assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(Guard.class.getClassLoader());
                assertThat(Thread.currentThread().getName()).startsWith("playtcha-async-");
                assertThat(Thread.currentThread().isDaemon()).isTrue();
                Thread.currentThread().setContextClassLoader(null);
            });
            answer.countDown();
            get(seen);
        }
    }

    @Test
    void abandonedCallsOpenTheBreakerAndProbeIt() throws Exception {
        Guard guard = guards.guard();
        playtcha.always(Reply.resetConnection());
        for (int i = 0; i < 10; i++) {
            assertThat(get(async(guard, "broken-" + i)).getReason()).isEqualTo(Reason.IO);
        }
        playtcha.always(null);

        assertThat(async(guard, "ok-held"))
                .isCompletedWithValueMatching(v -> v.getReason() == Reason.BREAKER_OPEN && v.isAllowed());
        guards.ticker.advance(Duration.ofSeconds(5));
        assertThat(get(async(guard, "ok-probe")).getOutcome()).isEqualTo(Outcome.VERIFIED);
        assertThat(guards.changes)
                .containsExactly(
                        "breaking: CLOSED to OPEN, 5 s",
                        "breaking: OPEN to HALF_OPEN, 0 s",
                        "breaking: HALF_OPEN to CLOSED, 0 s");
    }

    @Test
    void closingEndsRunningCallsAndAllowsNoRequest() throws Exception {
        playtcha.always(Reply.hang());
        Guard guard = guards.guard("timeout", "PT1H");
        List<CompletableFuture<Verification>> waiting =
                IntStream.range(0, 4).mapToObj(i -> async(guard, "t-" + i)).toList();
        playtcha.awaitRequests(4, Duration.ofSeconds(20));
        guards.closeTransports();

        assertThat(waiting)
                .allSatisfy(stage -> assertThat(stage)
                        .isCompletedWithValueMatching(v -> v.getReason() == Reason.INTERRUPTED && !v.isAllowed()));
        assertThat(ownThreads()).isEmpty();
        assertFailsAsClosed(guard.verifyAsync("t"));
        assertFailsAsClosed(guard.verifyAsync(null));
        assertThatIllegalStateException().isThrownBy(() -> guard.verify("t"));
    }

    @Test
    void closedVerifierWithAnOpenBreakerAllowsNoRequest() {
        Guard guard = guards.guard();
        playtcha.always(Reply.resetConnection());
        for (int i = 0; i < 10; i++) {
            guard.verify("broken-" + i);
        }
        assertThat(guard.verify("held").isAllowed()).isTrue();
        guards.closeTransports();

        assertThatIllegalStateException().isThrownBy(() -> guard.verify("late"));
        assertFailsAsClosed(guard.verifyAsync("late"));
    }

    private static void assertFailsAsClosed(CompletionStage<Verification> stage) {
        assertThat(stage.toCompletableFuture())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closingFromAContinuationReturns() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        playtcha.script(Reply.ok().holdUntil(answer));
        CompletableFuture<Verification> other = async(guards.guard(), "t-other");
        CompletableFuture<Void> closing =
                async(guards.guard(), "ok-1").thenAccept(verification -> guards.closeTransports());
        answer.countDown();

        get(closing);
        assertThat(get(other)).isNotNull();
    }

    @Test
    void closingInterruptsAContinuationThatWaits() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        playtcha.script(Reply.ok().holdUntil(answer));
        CompletableFuture<Void> stuck = async(guards.guard(), "t").thenAccept(verification -> {
            blocked.countDown();
            awaitQuietly(new CountDownLatch(1));
        });
        answer.countDown();
        blocked.await();
        guards.closeTransports();

        assertThat(stuck).isDone();
        assertThat(ownThreads()).isEmpty();
        assertThat(guards.log.lines()).noneMatch(line -> line.contains("stuck"));
    }

    @Test
    void closingLeavesAContinuationBehindThatCannotBeInterrupted() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        playtcha.script(Reply.ok().holdUntil(answer));
        CompletableFuture<Void> stuck = async(guards.guard(), "t").thenAccept(verification -> {
            blocked.countDown();
            while (never.getCount() > 0) {
                awaitQuietly(never);
                Thread.interrupted();
            }
        });
        answer.countDown();
        blocked.await();
        guards.closeTransports();

        assertThat(stuck).isNotDone();
        assertThat(guards.log.lines())
                .anySatisfy(line -> assertThat(line).startsWith("WARN").contains("1 threads are stuck"));
        never.countDown();
        get(stuck);
    }

    @Test
    void anErrorOfTheVirtualMachineFailsTheStageAndFreesThePlace() throws Exception {
        guards.listeners.add((name, verification) -> {
            if (verification.getReason() == Reason.TOKEN_INVALID) {
                throw new OutOfMemoryError("said so by a test");
            }
        });
        Guard guard = guards.guard("max-concurrent", "1");
        for (int i = 0; i < 3; i++) {
            playtcha.script(Reply.error(401, "token_invalid", "m"));
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> get(async(guard, "t")))
                    .withCauseInstanceOf(OutOfMemoryError.class);
        }

        assertThat(get(async(guard, "ok-1")).getOutcome()).isEqualTo(Outcome.VERIFIED);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("playtcha-"))
                .toList();
    }
}
