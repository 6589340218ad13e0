package com.playtcha.jakarta.late.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.json.JsonWriter;
import com.playtcha.jakarta.json.StrictJson;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.TestClock;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every store promises (contract, section 7). Each store's own test extends this. */
public abstract class StoreContract {
    protected static final Duration LEASE = Duration.ofMinutes(2);
    private static final int MOST_UNKNOWN = 3;

    protected final TestClock clock = new TestClock();
    protected final JsonWriter writer = new JsonWriter();
    protected final ResultText results = new ResultText(new StrictJson(), writer);
    protected LateStore store;

    /** An empty store whose leases run by the clock. */
    protected abstract LateStore open() throws Exception;

    /** A second node on the same items; null where a store is one process's. */
    protected LateStore secondNode() throws Exception {
        return store;
    }

    @BeforeEach
    void openStore() throws Exception {
        store = open();
    }

    @AfterEach
    void closeWriter() {
        writer.close();
    }

    // ---- tracking

    @Test
    void aTrackedTaskIsAwaited() {
        LateItem item = track("t1").item();

        assertThat(item.state()).isEqualTo(LateState.AWAITING);
        assertThat(item.kind()).isEqualTo(LateKind.TASK);
        assertThat(item.tracked()).isTrue();
        assertThat(item.outcome()).isNull();
        assertThat(item.dueAt()).isEqualTo(now().plusSeconds(120));
        assertThat(item.expiresAt()).isEqualTo(now().plusSeconds(3600));
        assertThat(store.find("t1")).contains(item);
        assertThat(store.find("t2")).isEmpty();
    }

    @Test
    void trackingAgainChangesNothing() {
        LateItem first = track("t1").item();
        clock.advance(Duration.ofSeconds(10));

        assertThat(track("t1")).isEqualTo(new LateStore.Tracked(first, false));
    }

    @Test
    void aTaskTrackedAfterItsCallbackTellsThatTheCallbackCame() {
        store.accept(completed("t1", "yes"), MOST_UNKNOWN, now());
        assertThat(store.find("t1").orElseThrow().tracked()).isFalse();

        LateItem item = track("t1").item();

        assertThat(item.state()).isEqualTo(LateState.READY);
        assertThat(item.tracked()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("hostileTexts")
    void anyIdAndAnyResultComeBackAsTheyWere(String text) throws Exception {
        String id = text.isBlank() || text.length() > 200 ? "long" : text;
        store.track(task(id), now());
        store.accept(completed(id, text), MOST_UNKNOWN, now());

        Lease lease = only(claim(Lane.DELIVER));

        assertThat(lease.id()).isEqualTo(id);
        assertThat(lease.result().getId()).isEqualTo(id);
        assertThat(lease.result().getCode()).isEqualTo(text);
        assertThat(store.find(id)).isPresent();
        assertThat(deliver(store, lease)).isTrue();
    }

    static List<String> hostileTexts() {
        return List.of(
                "../../../etc/passwd",
                "a'; DROP TABLE playtcha_late_item; --",
                "\u0000\u0001\r\n\t\\u0041\\",
                "\ud83d\ude00 \u00e9\u4e2d\u202e",
                "\ud800 lone \udc00",
                "%n%s${jndi:ldap://x}",
                "x".repeat(200),
                "\u4e2d".repeat(200),
                "\u4e2d".repeat(64 * 1024),
                "   ");
    }

    @Test
    void idsThatDifferInCaseOrTrailingSpaceAreDifferentItems() {
        store.track(task("id"), now());

        assertThat(store.find("ID")).isEmpty();
        assertThat(store.find("id ")).isEmpty();
        assertThat(store.accept(completed("Id", "x"), MOST_UNKNOWN, now())).isEqualTo(Acceptance.STORED);
        assertThat(store.find("id").orElseThrow().state()).isEqualTo(LateState.AWAITING);
    }

    @Test
    void aPassIsTrackedWithItsTokenAndSentMark() {
        assertThat(store.trackPasses(List.of(pass("v1", "token-1", true), pass("v2", "token-2", false)), now()))
                .containsExactly(NewPass.Outcome.TRACKED, NewPass.Outcome.TRACKED);
        clock.advance(Duration.ofSeconds(5));

        Map<String, Lease> leases = byId(claim(Lane.ASK));

        assertThat(leases).containsOnlyKeys("v1", "v2");
        assertThat(leases.get("v1").token()).isEqualTo("token-1");
        assertThat(leases.get("v1").sent()).isTrue();
        assertThat(leases.get("v2").sent()).isFalse();
        assertThat(leases.get("v2").source()).isEqualTo("default");
        assertThat(leases.get("v2").expiresAt())
                .isEqualTo(leases.get("v2").startedAt().plusSeconds(300));
    }

    @Test
    void aTokenIsLetThroughUnverifiedOnceInItsTime() {
        assertThat(store.trackPasses(List.of(pass("v1", "token", true), pass("v2", "token", true)), now()))
                .containsExactlyInAnyOrder(NewPass.Outcome.TRACKED, NewPass.Outcome.REPEATED);
        assertThat(store.trackPasses(List.of(pass("v3", "token", true)), now()))
                .containsExactly(NewPass.Outcome.REPEATED);
        assertThat(store.find("v3")).isEmpty();

        clock.advance(Duration.ofMinutes(5));

        assertThat(store.trackPasses(List.of(pass("v4", "token", true)), now()))
                .containsExactly(NewPass.Outcome.TRACKED);
    }

    @Test
    void aPassThatIsStoredTwiceIsOneItem() {
        store.trackPasses(List.of(pass("v1", "token", true)), now());

        assertThat(store.trackPasses(List.of(pass("v1", "token", true)), now()))
                .containsExactly(NewPass.Outcome.TRACKED);
        assertThat(store.counts().awaiting()).isEqualTo(1);
    }

    @Test
    void onSeveralNodesAtOnceATokenIsLetThroughOnce() throws Exception {
        LateStore other = secondNode();
        for (int round = 0; round < 20; round++) {
            String token = "token-" + round;
            AtomicInteger id = new AtomicInteger();
            int r = round;
            List<NewPass.Outcome> outcomes = atOnce(
                    4,
                    n -> (n % 2 == 0 ? store : other)
                            .trackPasses(List.of(pass("v" + r + "-" + id.incrementAndGet(), token, true)), now())
                            .get(0));

            assertThat(outcomes).containsOnlyOnce(NewPass.Outcome.TRACKED);
        }
    }

    // ---- results

    @Test
    void theFirstResultWins() {
        store.track(task("t1"), now());

        assertThat(store.accept(completed("t1", "a"), MOST_UNKNOWN, now())).isEqualTo(Acceptance.STORED);
        assertThat(store.accept(completed("t1", "a"), MOST_UNKNOWN, now())).isEqualTo(Acceptance.DUPLICATE);
        assertThat(store.accept(completed("t1", "b"), MOST_UNKNOWN, now())).isEqualTo(Acceptance.DIFFERENT);
        assertThat(only(claim(Lane.DELIVER)).result().getCode()).isEqualTo("a");
    }

    @Test
    void aDeliveredResultIsStillKnownForWhatItWas() throws Exception {
        store.accept(completed("t1", "a"), MOST_UNKNOWN, now());
        deliver(store, only(claim(Lane.DELIVER)));

        assertThat(store.accept(completed("t1", "a"), MOST_UNKNOWN, now())).isEqualTo(Acceptance.DUPLICATE);
        assertThat(store.accept(completed("t1", "b"), MOST_UNKNOWN, now())).isEqualTo(Acceptance.DIFFERENT);
        assertThat(track("t1").item().state()).isEqualTo(LateState.DELIVERED);
        assertThat(claim(Lane.DELIVER)).isEmpty();
    }

    @Test
    void aCallbackForALateVerdictChangesNothing() {
        store.trackPasses(List.of(pass("v1", "token", true)), now());

        assertThat(store.accept(completed("v1", "a"), MOST_UNKNOWN, now())).isEqualTo(Acceptance.DIFFERENT);
        assertThat(store.find("v1").orElseThrow().state()).isEqualTo(LateState.AWAITING);
    }

    @Test
    void unknownIdsAreKeptUpToABoundAndTrackedOnesBeyondIt() throws Exception {
        for (int i = 0; i < MOST_UNKNOWN; i++) {
            assertThat(store.accept(completed("u" + i, "x"), MOST_UNKNOWN, now()))
                    .isEqualTo(Acceptance.STORED);
        }
        assertThat(store.accept(completed("one more", "x"), MOST_UNKNOWN, now()))
                .isEqualTo(Acceptance.FULL);
        assertThat(store.find("one more")).isEmpty();
        store.track(task("t1"), now());
        assertThat(store.accept(completed("t1", "x"), MOST_UNKNOWN, now())).isEqualTo(Acceptance.STORED);

        for (Lease lease : claim(Lane.DELIVER)) {
            deliver(store, lease);
        }

        assertThat(store.accept(completed("one more", "x"), MOST_UNKNOWN, now()))
                .isEqualTo(Acceptance.STORED);
    }

    @Test
    void aCallbackThatComesWhileThePollerAsksTakesTheItemFromIt() {
        store.track(task("t1"), now());
        clock.advance(Duration.ofMinutes(3));
        Lease polled = only(claim(Lane.POLL));

        assertThat(store.accept(completed("t1", "called"), MOST_UNKNOWN, now())).isEqualTo(Acceptance.STORED);

        assertThat(store.resolve(polled, completed("t1", "polled"), now())).isFalse();
        assertThat(store.reschedule(polled, now(), 1, true, null, now())).isFalse();
        assertThat(only(claim(Lane.DELIVER)).result().getCode()).isEqualTo("called");
    }

    @Test
    void callbackAndPollerAtOnceMakeOneResult() throws Exception {
        for (int round = 0; round < 20; round++) {
            String id = "t" + round;
            store.track(task(id), now());
            store.hasten(task(id), MOST_UNKNOWN, now());
            Lease polled = only(claim(Lane.POLL));
            LateStore other = secondNode();

            List<Boolean> won = atOnce(
                    2,
                    n -> n == 0
                            ? store.resolve(polled, completed(id, "polled"), now())
                            : other.accept(completed(id, "called"), MOST_UNKNOWN, now()) == Acceptance.STORED);

            assertThat(won).containsOnlyOnce(true);
        }
    }

    @Test
    void hasteningMakesATaskDueAndTracksAnUnknownOne() throws Exception {
        store.track(task("t1"), now());
        assertThat(claim(Lane.POLL)).isEmpty();

        assertThat(store.hasten(task("t1"), MOST_UNKNOWN, now())).isEqualTo(Acceptance.STORED);
        assertThat(only(claim(Lane.POLL)).id()).isEqualTo("t1");

        NewItem dueNow = new NewItem("t2", LateKind.TASK, "poll", null, false, now(), now(), now().plusSeconds(60));
        assertThat(store.hasten(dueNow, MOST_UNKNOWN, now())).isEqualTo(Acceptance.STORED);
        assertThat(only(claim(Lane.POLL)).id()).isEqualTo("t2");
        assertThat(store.hasten(dueNow, 1, now())).isEqualTo(Acceptance.STORED);
        assertThat(store.hasten(task("t3"), 1, now())).isEqualTo(Acceptance.FULL);

        store.accept(completed("t1", "x"), MOST_UNKNOWN, now());
        assertThat(store.hasten(task("t1"), MOST_UNKNOWN, now())).isEqualTo(Acceptance.DUPLICATE);
    }

    @Test
    void aVerdictKeepsItsEnvelopeAndItsTokenIsWiped() {
        store.trackPasses(List.of(pass("v1", "token", true)), now());
        clock.advance(Duration.ofSeconds(5));
        Lease lease = only(claim(Lane.ASK));
        Map<String, Object> envelope = new LinkedHashMap<>();
        envelope.put("code", "token_expired");
        envelope.put("message", "\u201cold\u201d");
        envelope.put("request_id", null);
        envelope.put("list", List.of(new BigDecimal("1.50"), true));
        LateResult verdict = LateResult.of("v1", LateKind.LATE_VERDICT, LateOutcome.EXPIRED, now())
                .error(new UpstreamError(410, envelope))
                .startedAt(lease.startedAt())
                .attempts(2)
                .build();

        assertThat(store.resolve(lease, verdict, now())).isTrue();
        assertThat(store.resolve(lease, verdict, now())).as("an old lease").isFalse();
        Lease ready = only(claim(Lane.DELIVER));

        assertThat(ready.token()).isNull();
        assertThat(ready.result().getOutcome()).isEqualTo(LateOutcome.EXPIRED);
        assertThat(ready.result().getError().getStatus()).isEqualTo(410);
        assertThat(ready.result().getError().getFields()).isEqualTo(envelope);
        assertThat(ready.result().getAttempts()).isEqualTo(2);
        assertThat(ready.result().getStartedAt()).isEqualTo(lease.startedAt());
        assertThat(ready.result().getResolvedAt()).isEqualTo(verdict.getResolvedAt());
    }

    // ---- leases

    @Test
    void aClaimedItemIsNobodyElsesUntilItsLeaseHasPassed() {
        store.accept(completed("t1", "x"), MOST_UNKNOWN, now());
        Lease first = only(claim(Lane.DELIVER));
        assertThat(claim(Lane.DELIVER)).isEmpty();
        clock.advance(LEASE);
        assertThat(claim(Lane.DELIVER)).isEmpty();
        clock.advance(Duration.ofMillis(1));

        assertThat(only(claim(Lane.DELIVER)).fence()).isGreaterThan(first.fence());
    }

    @Test
    void anOldLeaseChangesNothing() throws Exception {
        store.accept(completed("t1", "x"), MOST_UNKNOWN, now());
        Lease old = only(claim(Lane.DELIVER));
        clock.advance(LEASE.plusSeconds(1));
        Lease fresh = only(claim(Lane.DELIVER));

        assertThat(deliver(store, old)).isFalse();
        assertThat(store.fail(old, "late", now(), now())).isFalse();
        assertThat(store.release(old)).isFalse();
        assertThat(store.find("t1").orElseThrow().state()).isEqualTo(LateState.READY);
        assertThat(store.find("t1").orElseThrow().failures()).isZero();
        assertThat(deliver(store, fresh)).isTrue();
        assertThat(deliver(store, fresh)).isFalse();
    }

    @Test
    void ofManyClaimantsOnSeveralNodesExactlyOneGetsEachItem() throws Exception {
        int items = 200;
        for (int i = 0; i < items; i++) {
            store.track(task("t" + i), now());
        }
        clock.advance(Duration.ofMinutes(3));
        LateStore other = secondNode();
        Set<String> claimed = ConcurrentHashMap.newKeySet();
        AtomicInteger twice = new AtomicInteger();

        atOnce(8, n -> {
            LateStore node = n % 2 == 0 ? store : other;
            while (claimed.size() < items) {
                for (Lease lease : node.claim(wanted(Lane.POLL, 7))) {
                    if (!claimed.add(lease.id())) {
                        twice.incrementAndGet();
                    }
                }
            }
            return null;
        });

        assertThat(claimed).hasSize(items);
        assertThat(twice).hasValue(0);
    }

    @Test
    void aClaimTakesWhatIsDueOfItsLaneAndSourceOnly() {
        store.track(task("not yet"), now());
        store.trackPasses(List.of(pass("v1", "token", false)), now());
        store.accept(completed("t1", "x"), MOST_UNKNOWN, now());
        clock.advance(Duration.ofSeconds(60));

        assertThat(claim(Lane.POLL)).isEmpty();
        assertThat(store.claim(new Claim(Lane.ASK, "other", false, now(), "me", LEASE, 10)))
                .isEmpty();
        assertThat(store.claim(new Claim(Lane.ASK, "default", true, now(), "me", LEASE, 10)))
                .isEmpty();
        assertThat(store.claim(new Claim(Lane.ASK, "default", false, now(), "me", LEASE, 10)))
                .hasSize(1);
        assertThat(claim(Lane.DELIVER)).hasSize(1);
    }

    @Test
    void whatHasExpiredCanBeClaimedApart() {
        store.trackPasses(List.of(pass("v1", "token-1", false)), now());
        clock.advance(Duration.ofMinutes(5));
        store.trackPasses(List.of(pass("v2", "token-2", false)), now());

        List<Lease> expired = store.claim(new Claim(Lane.ASK, null, true, now(), "me", LEASE, 10));

        assertThat(only(expired).id()).isEqualTo("v1");
    }

    @Test
    void aClaimedVerdictCountsAsSentUntilSomeoneSaysOtherwise() {
        store.trackPasses(List.of(pass("v1", "token", false)), now());
        clock.advance(Duration.ofSeconds(5));
        assertThat(only(claim(Lane.ASK)).sent()).isFalse();
        clock.advance(LEASE.plusSeconds(1));

        Lease second = only(claim(Lane.ASK));
        assertThat(second.sent()).isTrue();

        assertThat(store.reschedule(second, now(), 1, false, "refused", now())).isTrue();
        Lease third = only(claim(Lane.ASK));
        assertThat(third.sent()).isFalse();
        assertThat(third.attempts()).isEqualTo(1);
        assertThat(store.find("v1").orElseThrow().lastError()).isEqualTo("refused");
        assertThat(store.reschedule(third, now().plusSeconds(9), 2, true, null, now()))
                .isTrue();
        assertThat(store.find("v1").orElseThrow().lastError()).isEqualTo("refused");
        assertThat(store.find("v1").orElseThrow().dueAt()).isEqualTo(now().plusSeconds(9));
    }

    @Test
    void aReleasedItemCanBeClaimedAtOnce() {
        store.accept(completed("t1", "x"), MOST_UNKNOWN, now());

        assertThat(store.release(only(claim(Lane.DELIVER)))).isTrue();

        assertThat(claim(Lane.DELIVER)).hasSize(1);
    }

    // ---- handing over

    @Test
    void aHandlerThatThrowsLeavesTheItemAsItWas() throws Exception {
        store.accept(completed("t1", "x"), MOST_UNKNOWN, now());
        Lease lease = only(claim(Lane.DELIVER));

        assertThatThrownBy(() -> store.deliver(lease, now(), now(), delivery -> {
                    throw new java.io.IOException("mail is down");
                }))
                .isInstanceOf(HandlerException.class)
                .hasRootCauseMessage("mail is down");

        assertThat(store.find("t1").orElseThrow().state()).isEqualTo(LateState.READY);
        assertThat(deliver(store, lease)).isTrue();
    }

    @Test
    void aHandlerHearsWhichAttemptItIs() throws Exception {
        store.accept(completed("t1", "x"), MOST_UNKNOWN, now());
        List<Integer> attempts = new ArrayList<>();
        store.deliver(only(claim(Lane.DELIVER)), now(), now(), delivery -> attempts.add(delivery.getAttempt()));
        store.accept(completed("t2", "x"), MOST_UNKNOWN, now());
        Lease failing = only(claim(Lane.DELIVER));
        store.fail(failing, "no", now(), now());
        store.deliver(only(claim(Lane.DELIVER)), now(), now(), delivery -> attempts.add(delivery.getAttempt()));

        assertThat(attempts).containsExactly(1, 2);
    }

    @Test
    void aDeadLetterKeepsItsResultAndComesBackWhenItIsDue() throws Exception {
        store.accept(completed("t1", "x"), MOST_UNKNOWN, now());
        Instant deadSince = now();
        assertThat(store.fail(only(claim(Lane.DELIVER)), "first\u0000", now().plusSeconds(300), now()))
                .isTrue();
        assertThat(claim(Lane.DELIVER)).isEmpty();
        clock.advance(Duration.ofSeconds(300));
        Lease again = only(claim(Lane.DELIVER));
        assertThat(again.failures()).isEqualTo(1);
        assertThat(again.state()).isEqualTo(LateState.DEAD_LETTER);
        assertThat(store.fail(again, "e".repeat(100_000), now().plusSeconds(600), now()))
                .isTrue();

        LateItem item = only(store.deadLetters(10));
        assertThat(item.state()).isEqualTo(LateState.DEAD_LETTER);
        assertThat(item.failures()).isEqualTo(2);
        assertThat(item.lastError()).isEqualTo("e".repeat(1000));
        assertThat(item.dueAt()).isEqualTo(now().plusSeconds(600));
        assertThat(store.result("t1").orElseThrow().getCode()).isEqualTo("x");
        Counts counts = store.counts();
        assertThat(counts.dead()).isEqualTo(1);
        assertThat(counts.oldestDead()).isEqualTo(deadSince);
        assertThat(counts.earliestRetry()).isEqualTo(now().plusSeconds(600));
        clock.advance(Duration.ofSeconds(600));
        assertThat(deliver(store, only(claim(Lane.DELIVER)))).isTrue();
        assertThat(store.deadLetters(10)).isEmpty();
        assertThat(store.find("t1").orElseThrow().state()).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void aFailureThatWasRecordedMakesTheLeaseOld() throws Exception {
        store.accept(completed("t1", "x"), MOST_UNKNOWN, now());
        Lease hanging = only(claim(Lane.DELIVER));
        store.fail(hanging, "took too long", now().plusSeconds(300), now());

        assertThat(deliver(store, hanging)).isFalse();
        assertThat(store.find("t1").orElseThrow().state()).isEqualTo(LateState.DEAD_LETTER);
    }

    @Test
    void anOperatorRetriesAndDiscardsDeadLettersOnly() {
        store.accept(completed("ready", "x"), MOST_UNKNOWN, now());
        assertThat(store.retry("ready", now())).isFalse();
        assertThat(store.discard("ready", now(), now())).isFalse();
        assertThat(store.result("ready")).isEmpty();
        store.fail(only(claim(Lane.DELIVER)), "no", now().plusSeconds(300), now());

        assertThat(store.retry("ready", now())).isTrue();
        assertThat(store.find("ready").orElseThrow().dueAt()).isEqualTo(now());
        assertThat(store.retry("ready", now())).isTrue();
        Lease claimed = only(claim(Lane.DELIVER));
        assertThat(store.discard("ready", now().plusSeconds(60), now())).isTrue();

        assertThat(store.find("ready").orElseThrow().state()).isEqualTo(LateState.DISCARDED);
        assertThat(store.fail(claimed, "no", now(), now())).isFalse();
        assertThat(store.deadLetters(10)).isEmpty();
        assertThat(store.accept(completed("ready", "x"), MOST_UNKNOWN, now())).isEqualTo(Acceptance.DUPLICATE);
    }

    @Test
    void anExpiredItemEndsAsExpired() throws Exception {
        store.track(task("t1"), now());
        clock.advance(Duration.ofHours(1));
        Lease lease = only(store.claim(new Claim(Lane.POLL, null, true, now(), "me", LEASE, 10)));
        LateResult expired =
                LateResult.of("t1", LateKind.TASK, LateOutcome.EXPIRED, now()).build();
        assertThat(store.resolve(lease, expired, now())).isTrue();

        assertThat(deliver(store, only(claim(Lane.DELIVER)))).isTrue();

        assertThat(store.find("t1").orElseThrow().state()).isEqualTo(LateState.EXPIRED);
        assertThat(store.find("t1").orElseThrow().outcome()).isEqualTo(LateOutcome.EXPIRED);
    }

    // ---- counting and forgetting

    @Test
    void countsSayWhatIsAtWork() {
        assertThat(store.counts()).isEqualTo(Counts.NONE);
        store.track(task("t1"), now());
        Instant ready = now();
        store.accept(completed("t2", "x"), MOST_UNKNOWN, now());
        clock.advance(Duration.ofSeconds(1));
        store.accept(completed("t3", "x"), MOST_UNKNOWN, now());

        assertThat(store.counts()).isEqualTo(new Counts(1, 2, 0, ready, null, null));
    }

    @Test
    void onlyWhatHasEndedIsForgottenWhenItsTimeHasPassed() throws Exception {
        store.track(task("awaited"), now());
        store.accept(completed("ended", "x"), MOST_UNKNOWN, now());
        Lease lease = only(claim(Lane.DELIVER));
        store.deliver(lease, now().plus(Duration.ofDays(7)), now(), delivery -> {});

        clock.advance(Duration.ofDays(7).minusSeconds(1));
        assertThat(store.forget(now(), 10)).isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThat(store.forget(now(), 10)).isEqualTo(1);

        assertThat(store.find("ended")).isEmpty();
        assertThat(store.find("awaited")).isPresent();
    }

    // ---- helpers

    protected Instant now() {
        return clock.instant();
    }

    private LateStore.Tracked track(String id) {
        return store.track(task(id), now());
    }

    protected NewItem task(String id) {
        return new NewItem(
                id, LateKind.TASK, "poll", null, false, now(), now().plusSeconds(120), now().plusSeconds(3600));
    }

    protected NewPass pass(String id, String token, boolean sent) {
        NewItem item = new NewItem(
                id, LateKind.LATE_VERDICT, "default", token, sent, now(), now().plusSeconds(5), now().plusSeconds(300));
        return new NewPass(item, Ids.digest("project", token), now().plusSeconds(300));
    }

    protected LateResult completed(String id, String code) {
        return LateResult.of(id, LateKind.TASK, LateOutcome.COMPLETED, now())
                .code(code)
                .build();
    }

    protected Claim wanted(Lane lane, int most) {
        return new Claim(lane, null, false, now(), "me", LEASE, most);
    }

    protected List<Lease> claim(Lane lane) {
        return store.claim(wanted(lane, 50));
    }

    protected boolean deliver(LateStore node, Lease lease) throws HandlerException {
        return node.deliver(lease, now().plus(Duration.ofDays(7)), now(), delivery -> {});
    }

    protected static <T> T only(List<T> list) {
        assertThat(list).hasSize(1);
        return list.get(0);
    }

    private static Map<String, Lease> byId(List<Lease> leases) {
        Map<String, Lease> byId = new LinkedHashMap<>();
        leases.forEach(lease -> byId.put(lease.id(), lease));
        return byId;
    }

    /** What each of several threads does, told which one it is. */
    protected interface Part<T> {
        T run(int n) throws Exception;
    }

    protected static <T> List<T> atOnce(int threads, Part<T> part) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier start = new CyclicBarrier(threads);
            List<Callable<T>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int n = i;
                parts.add(() -> {
                    start.await();
                    return part.run(n);
                });
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : executor.invokeAll(parts)) {
                results.add(future.get());
            }
            return results;
        } finally {
            executor.shutdownNow();
        }
    }
}
