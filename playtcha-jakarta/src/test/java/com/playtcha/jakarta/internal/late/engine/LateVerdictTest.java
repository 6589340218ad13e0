package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.gate.CallResult;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.gate.FailOpenTracker;
import com.playtcha.jakarta.internal.gate.TestResults;
import com.playtcha.jakarta.internal.gate.VerdictClient;
import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Single;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that were let through unverified end in the handler (contract, section 7). */
class LateVerdictTest extends EngineFixture {

    @Test
    void aVerdictIsKeptAlsoWhereItCannotBeLogged() {
        start();
        track("token", false);

        try (FailingLog log = new FailingLog(Poller.class)) {
            pollAfter(Duration.ofSeconds(20));
        }
        playtcha = token -> error(409, "already_redeemed");
        run(Duration.ofMinutes(1));

        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.VERIFIED);
    }

    @Test
    void anUnverifiedPassEndsWithPlaytchasVerdict() throws Exception {
        start();
        Instant arrived = clock.instant();
        String id = track("token-1", true);
        // It is told after the request may go on.
        await().until(() -> transitions.contains("null>AWAITING"));

        engine.pollOnce();
        assertThat(verdictPolls).as("not at once").isEmpty();
        run(Duration.ofSeconds(10));

        assertThat(verdictPolls).containsExactly("token-1");
        LateResult result = handled.get(0);
        assertThat(handled).hasSize(1);
        assertThat(result.getId()).isEqualTo(id);
        assertThat(result.getKind()).isEqualTo(LateKind.LATE_VERDICT);
        assertThat(result.getOutcome()).isEqualTo(LateOutcome.VERIFIED);
        assertThat(result.getFields()).isEqualTo(Map.of("success", true));
        assertThat(result.getStartedAt()).isEqualTo(arrived);
        assertThat(result.getAttempts()).isEqualTo(1);
        assertThat(state(id)).isEqualTo(LateState.DELIVERED);
        assertThat(transitions).containsExactly("null>AWAITING", "AWAITING>READY", "READY>DELIVERED");
        assertThat(number("SELECT COUNT(*) FROM playtcha_late_item WHERE token IS NOT NULL OR result IS NOT NULL"))
                .isZero();
    }

    @Test
    void redeemedAlreadyIsUnconfirmedWhereAnEarlierAttemptMayHaveArrived() {
        start();
        playtcha = token -> error(409, "already_redeemed");
        track("sent in the request", true);
        run(Duration.ofSeconds(10));
        track("never sent", false);
        run(Duration.ofSeconds(10));

        assertThat(handled)
                .extracting(LateResult::getOutcome)
                .containsExactly(LateOutcome.UNCONFIRMED, LateOutcome.REJECTED);
        assertThat(handled.get(0).getError().getRequestId()).isEqualTo("r-1");
    }

    @Test
    void anAttemptInBetweenThatMayHaveArrivedCountsToo() {
        start();
        List<CallResult> answers = new ArrayList<>(List.of(none(false), none(true), error(409, "already_redeemed")));
        playtcha = token -> answers.remove(0);
        track("token", false);

        run(Duration.ofMinutes(2));

        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.UNCONFIRMED);
        assertThat(handled.get(0).getAttempts()).isEqualTo(3);
    }

    @Test
    void aRefusedConnectionIsNoAttemptThatMayHaveArrived() {
        start();
        List<CallResult> answers = new ArrayList<>(List.of(none(false), none(false), error(409, "already_redeemed")));
        playtcha = token -> answers.remove(0);
        track("token", false);

        run(Duration.ofMinutes(2));

        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.REJECTED);
    }

    @Test
    void aPollThatWasNotSentIsNoAttemptThoughTheStoreFailsToSayItAtOnce() {
        start();
        playtcha = token -> {
            database.refuse("SET due_at = ?, attempts = ?");
            return none(false);
        };
        track("token", false);
        for (int i = 0; i < 20 && verdictPolls.isEmpty(); i++) {
            pollAfter(Duration.ofSeconds(1));
        }
        database.refuse(null);
        playtcha = token -> error(409, "already_redeemed");

        run(Duration.ofMinutes(2));

        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.REJECTED);
    }

    @Test
    void aPollThatWasNotSentIsNoAttemptThoughThePoolFailsAsNoneShould() {
        start();
        playtcha = token -> {
            database.throwInstead(new IllegalStateException("pool is closed"));
            return none(false);
        };
        track("token", false);
        for (int i = 0; i < 20 && verdictPolls.isEmpty(); i++) {
            pollAfter(Duration.ofSeconds(1));
        }
        database.throwInstead(null);
        playtcha = token -> error(409, "already_redeemed");

        run(Duration.ofMinutes(2));

        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.REJECTED);
    }

    @Test
    void aNodeThatDiesWhileItAsksMayHaveBeenHeard() {
        start();
        playtcha = token -> error(409, "already_redeemed");
        track("token", false);
        clock.advance(Duration.ofSeconds(10));
        assertThat(store.claim(Single.claim(
                        WorkQueue.VERDICT_POLL, null, false, clock.instant(), "dies", Duration.ofMinutes(2), 1, false)))
                .hasSize(1);
        engine.pollOnce();
        assertThat(verdictPolls).isEmpty();

        pollAfter(Duration.ofMinutes(2).plusMillis(1));

        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.UNCONFIRMED);
    }

    @Test
    void withoutAnAnswerAPassExpiresFiveMinutesAfterItsRequestArrived() {
        start();
        playtcha = token -> none(true);
        String id = track("token", true);

        run(Duration.ofSeconds(299));
        assertThat(handled).isEmpty();
        run(Duration.ofSeconds(1));

        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.EXPIRED);
        assertThat(handled.get(0).getError()).isNull();
        assertThat(state(id)).isEqualTo(LateState.EXPIRED);
        assertThat(verdictPolls).hasSizeBetween(5, 30);
    }

    @Test
    void aPassOfASourceThatNobodyKnowsAnyMoreExpires() {
        start();
        engine.inbox().track("renamed", "project", "token", Duration.ZERO, false);

        pollAfter(Duration.ofMinutes(5));

        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.EXPIRED);
    }

    @Test
    void anOutageIsProbedOneAtATimeAndEndsInVerdicts() {
        start();
        int passes = 120;
        playtcha = token -> none(false);
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < passes; i++) {
            ids.add(track("token-" + i, false));
        }
        run(Duration.ofSeconds(60));
        assertThat(verdictPolls).as("polls in a minute of outage").hasSizeLessThan(40);
        verdictPolls.clear();

        playtcha = token -> ok(true);
        run(Duration.ofSeconds(120));

        assertThat(handled).extracting(LateResult::getOutcome).hasSize(passes).containsOnly(LateOutcome.VERIFIED);
        assertThat(handled).extracting(LateResult::getId).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void tokensAtWhichPlaytchaFailsDelayNoOthers() {
        start();
        playtcha = token -> token.startsWith("bad") ? error(500, "db_error") : ok(true);
        for (int i = 0; i < 30; i++) {
            track("bad-" + i, true);
        }
        track("good-1", true);
        run(Duration.ofSeconds(40));
        track("good-2", true);
        run(Duration.ofSeconds(40));
        assertThat(handled)
                .extracting(LateResult::getOutcome)
                .containsExactly(LateOutcome.VERIFIED, LateOutcome.VERIFIED);
        int polls = verdictPolls.size();

        run(Duration.ofSeconds(30));

        assertThat(verdictPolls.size() - polls).as("polls in half a minute").isLessThanOrEqualTo(30);
    }

    @Test
    void aThrottleWindowIsWaitedOut() {
        start();
        playtcha = token -> reply(429, Duration.ofSeconds(40), null);
        track("token-1", false);
        track("token-2", false);
        run(Duration.ofSeconds(10));
        int before = verdictPolls.size();
        playtcha = token -> ok(true);

        run(Duration.ofSeconds(29));
        assertThat(verdictPolls).hasSize(before);
        run(Duration.ofSeconds(60));

        assertThat(handled).hasSize(2);
    }

    @Test
    void aWindowThatVisitorsOpenedIsWaitedOutToo() {
        Duration[] holdOff = {Duration.ofSeconds(20)};
        engine = build(config(), Runnable::run).build();
        engine.addVerdictClient("default", new VerdictClient() {
            @Override
            public CallResult callForLateVerdict(String token) {
                verdictPolls.add(token);
                return ok(true);
            }

            @Override
            public Duration holdOff() {
                return holdOff[0];
            }
        });
        track("token", false);
        run(Duration.ofSeconds(15));
        assertThat(verdictPolls).isEmpty();
        holdOff[0] = Duration.ZERO;

        run(Duration.ofSeconds(30));

        assertThat(handled).hasSize(1);
    }

    @Test
    void aWrongSecretKeepsPassesPendingAndSaysSoOnceAMinute() {
        start();
        playtcha = token -> error(401, "bad_secret");
        track("token-123456789", true);
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.INFO)) {
            run(Duration.ofSeconds(50));
            assertThat(log.everything()).doesNotContain("token-123456789");
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("ERROR"))
                    .singleElement()
                    .asString()
                    .contains("bad_secret", "status=401", "message=m", "request_id=r-1");
        }
        playtcha = token -> ok(true);

        run(Duration.ofSeconds(60));

        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.VERIFIED);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void whatPlaytchaSaysOfItsTroubleIsInTheLog(int status) {
        start();
        playtcha = token -> error(status, "some_code");
        track("token-123456789", true);
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.INFO)) {
            run(Duration.ofSeconds(15));

            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("WARN"))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line)
                            .contains("status=" + status, "code=some_code", "message=m", "request_id=r-1"));
        }
    }

    private List<String> linesOf(CallResult answer, Duration time) {
        start();
        playtcha = token -> answer;
        track("token-123456789", true);
        try (CapturedLog log = new CapturedLog(Poller.class.getName(), Level.INFO)) {
            run(time);
            assertThat(verdictPolls).as("still pending").hasSizeGreaterThan(1);
            assertThat(log.everything()).doesNotContain("token-123456789");
            return log.lines();
        }
    }

    @Test
    void aRedirectIsAnErrorWithStatusAndHostOnceAMinute() {
        CallResult redirect = reply(302, null, "login.example\n[fake]");

        List<String> lines = linesOf(redirect, Duration.ofSeconds(50));

        assertThat(lines)
                .singleElement()
                .asString()
                .startsWith("ERROR ")
                .contains("base-url", "guard=default", "reason=not-playtcha", "status=302")
                .endsWith("location=login.example\\u000a[fake]");
    }

    @Test
    void anAnswerOf200WithoutABooleanIsAnErrorAgainAfterAMinuteWithACount() {
        CallResult page = reply(200, null, null);

        List<String> lines = linesOf(page, Duration.ofSeconds(120));

        assertThat(lines).hasSize(2).allMatch(line -> line.startsWith("ERROR ") && line.contains("status=200"));
        assertThat(lines.get(0)).doesNotContain("times since");
        assertThat(lines.get(1)).contains("times since the last such line");
    }

    @Test
    void aTunnelThatAProxyRefusesIsAnError() {
        CallResult refused =
                TestResults.failure(Reason.PROXY, "CONNECT was answered with 403 for token-123456789", false);

        List<String> lines = linesOf(refused, Duration.ofSeconds(50));

        assertThat(lines)
                .singleElement()
                .asString()
                .startsWith("ERROR ")
                .contains("proxy", "reason=proxy", "status=-", "CONNECT was answered with 403");
    }

    @Test
    void anOutageIsAWarning() {
        assertThat(linesOf(error(503, "some_code"), Duration.ofSeconds(50)))
                .isNotEmpty()
                .allMatch(line -> line.startsWith("WARN "));
    }

    @Test
    void aVerdictThatTheStoreDoesNotTakeIsKeptAndNotAskedForAgain() {
        start();
        String id = track("token", false);
        playtcha = token -> {
            database.setDown(true);
            return ok(false);
        };

        run(Duration.ofSeconds(10));
        assertThat(spool.list(10, null, any -> true))
                .extracting(entry -> entry.id())
                .containsExactly(id);
        assertThat(handled).isEmpty();
        run(Duration.ofSeconds(10));
        database.setDown(false);
        run(Duration.ofMinutes(4));

        assertThat(verdictPolls).hasSize(1);
        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.REJECTED);
        assertThat(spool.list(10, null, any -> true)).isEmpty();
        assertThat(state(id)).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void aPassIsTrackedInTheDirectoryWhileTheStoreIsDown() {
        start();
        store.counts();
        database.setDown(true);
        String id = track("token", true);
        run(Duration.ofSeconds(20));
        assertThat(verdictPolls).isEmpty();
        database.setDown(false);

        run(Duration.ofSeconds(10));

        assertThat(handled).extracting(LateResult::getId).containsExactly(id);
        assertThat(spool.list(10, null, any -> true)).isEmpty();
    }

    @Test
    void aPassOfARequestThatOutlivesTheEngineIsLeftForTheNextOne() {
        start();
        engine.close(Duration.ofSeconds(5));

        String id = track("token", true);

        start();
        run(Duration.ofSeconds(10));
        assertThat(handled).extracting(LateResult::getId).containsExactly(id);
        assertThat(spool.list(10, null, any -> true)).isEmpty();
    }

    @Test
    void withoutADirectoryAPassOfARequestThatOutlivesTheEngineIsUntracked() {
        engine = build(config(), Runnable::run).build();
        engine.close(Duration.ofSeconds(5));

        FailOpenTracker.TrackResult deferral = engine.inbox().track("default", "project", "token", Duration.ZERO, true);

        assertThat(deferral).isEqualTo(new FailOpenTracker.TrackResult(false, null));
        assertThat(count(LateCounter.UNTRACKED)).isEqualTo(1);
    }

    @Test
    void aTokenThatWasLetThroughBeforeIsRepeated() {
        start();
        track("token", true);

        FailOpenTracker.TrackResult second = engine.inbox().track("default", "project", "token", Duration.ZERO, true);
        FailOpenTracker.TrackResult otherProject =
                engine.inbox().track("default", "other", "token", Duration.ZERO, true);

        assertThat(second.repeated()).isTrue();
        assertThat(second.id()).isNull();
        assertThat(otherProject.id()).isNotNull();
    }

    /** What tracking said: tracked, repeated, or untracked. */
    private String letThrough(String token, Duration age) {
        FailOpenTracker.TrackResult result = engine.inbox().track("default", "project", token, age, true);
        return result.repeated() ? "repeated" : result.id() == null ? "untracked" : "tracked";
    }

    @Test
    void aTokenIsNotLetThroughAgainForFiveMinutesAfterThePassHoweverOldTheRequestWas() {
        start();
        playtcha = token -> none(true);
        assertThat(letThrough("token", Duration.ofMinutes(4))).isEqualTo("tracked");

        run(Duration.ofMinutes(2));
        assertThat(handled)
                .as("the token itself ends five minutes after its request arrived")
                .extracting(LateResult::getOutcome)
                .containsExactly(LateOutcome.EXPIRED);
        assertThat(letThrough("token", Duration.ZERO)).isEqualTo("repeated");
        run(Duration.ofSeconds(179));
        assertThat(letThrough("token", Duration.ZERO)).isEqualTo("repeated");

        pollAfter(Duration.ofSeconds(1));
        assertThat(letThrough("token", Duration.ZERO)).isEqualTo("tracked");
    }

    @Test
    void aPassThatWaitedInTheDirectoryIsNotRepeatedEither() {
        start();
        store.counts();
        database.setDown(true);
        assertThat(letThrough("token", Duration.ofMinutes(4))).isEqualTo("tracked");
        database.setDown(false);

        run(Duration.ofMinutes(2));

        assertThat(spool.list(10, null, any -> true)).isEmpty();
        assertThat(letThrough("token", Duration.ZERO)).isEqualTo("repeated");
    }

    @Test
    void aStoreThatHangsLeavesPassesUntrackedAndCounted() {
        store.counts();
        CountDownLatch open = new CountDownLatch(1);
        database.hangUntil(open);
        engine = build(config().tracking(Duration.ofMillis(50), 2), Runnable::run)
                .build();
        try {
            for (int i = 0; i < 5; i++) {
                FailOpenTracker.TrackResult deferral =
                        engine.inbox().track("default", "project", "token-" + i, Duration.ZERO, true);
                assertThat(deferral.id()).isNull();
            }
            assertThat(count(LateCounter.UNTRACKED)).isEqualTo(5);
        } finally {
            open.countDown();
        }
        // Those that nobody waited for any more, but for the two that were being written, leave no item behind.
        AtomicInteger more = new AtomicInteger();
        await().until(() -> engine.inbox()
                        .track("default", "p", "more-" + more.incrementAndGet(), Duration.ZERO, true)
                        .id()
                != null);
        assertThat(store.counts().awaiting()).isLessThanOrEqualTo(2 + more.get());
    }

    @Test
    void withNeitherStoreNorDirectoryAPassIsUntracked() {
        store.counts();
        database.setDown(true);
        engine = build(config(), Runnable::run).build();

        FailOpenTracker.TrackResult deferral = engine.inbox().track("default", "project", "token", Duration.ZERO, true);

        assertThat(deferral).isEqualTo(new FailOpenTracker.TrackResult(false, null));
        assertThat(count(LateCounter.UNTRACKED)).isEqualTo(1);
    }

    @Test
    void manyRequestsAtOnceAreAllTracked() throws Exception {
        engine = build(config().tracking(Duration.ofSeconds(30), 1024), Runnable::run)
                .build();
        prepare(engine);
        int threads = 16;
        int each = 20;
        ExecutorService requests = Executors.newFixedThreadPool(threads);
        Set<String> ids = new HashSet<>();
        try {
            CyclicBarrier start = new CyclicBarrier(threads);
            List<Future<List<String>>> futures = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int n = t;
                futures.add(requests.submit(() -> {
                    start.await();
                    List<String> mine = new ArrayList<>();
                    for (int i = 0; i < each; i++) {
                        mine.add(track("token-" + n + "-" + i, false));
                    }
                    return mine;
                }));
            }
            for (Future<List<String>> future : futures) {
                ids.addAll(future.get());
            }
        } finally {
            requests.shutdownNow();
        }
        run(Duration.ofSeconds(60));

        assertThat(ids).hasSize(threads * each);
        assertThat(handled).extracting(LateResult::getId).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void aTokenThatTwoNodesLetThroughWhileTheStoreWasDownEndsForBothRequests() {
        start();
        store.counts();
        playtcha = token -> verdictPolls.size() == 1 ? ok(true) : error(409, "already_redeemed");
        database.setDown(true);
        String first = track("token", false);
        String second = track("token", false);
        database.setDown(false);

        run(Duration.ofSeconds(60));

        assertThat(handled).extracting(LateResult::getId).containsExactlyInAnyOrder(first, second);
        // Which of them is polled for first is open, and so is which of them the other's refusal is about.
        assertThat(handled)
                .extracting(LateResult::getOutcome)
                .containsOnlyOnce(LateOutcome.VERIFIED)
                .containsAnyOf(LateOutcome.REJECTED, LateOutcome.UNCONFIRMED);
        assertThat(spool.list(10, null, any -> true)).isEmpty();
    }

    @Test
    void afterAnOutageWhatAnotherNodeKeptArrivesBeforeTheQuestionIsAskedAgain() {
        start();
        String id = track("token", false);
        playtcha = token -> {
            database.setDown(true);
            return ok(true);
        };
        run(Duration.ofSeconds(10));
        assertThat(spool.list(10, null, any -> true))
                .extracting(entry -> entry.id())
                .containsExactly(id);
        // One outage later than the lease and the pass last; this node knows nothing of the spooled file.
        LateEngine other = build(config(), Runnable::run).build();
        other.pollOnce();
        clock.advance(Duration.ofMinutes(6));
        playtcha = token -> error(409, "already_redeemed");
        database.setDown(false);

        other.addVerdictClient("default", token -> playtcha.apply(token));
        other.pollOnce();
        assertThat(handled).isEmpty();
        engine.pollOnce();
        clock.advance(Duration.ofSeconds(10));
        other.pollOnce();

        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.VERIFIED);
        other.close();
    }

    @Test
    void whileSpooledItemsWaitNothingExpiresThatOneOfThemMayEnd() {
        spool = spool(1000);
        start();
        int tasks = 250;
        for (int i = 0; i < tasks; i++) {
            engine.inbox().track("t" + i);
        }
        database.setDown(true);
        for (int i = 0; i < tasks; i++) {
            assertThat(engine.inbox().accept("t" + i, "code")).isEqualTo(AcceptResult.SPOOLED);
        }
        clock.advance(Duration.ofHours(2));
        database.setDown(false);

        run(Duration.ofSeconds(10));

        assertThat(handled).extracting(LateResult::getOutcome).hasSize(tasks).containsOnly(LateOutcome.COMPLETED);
    }
}
