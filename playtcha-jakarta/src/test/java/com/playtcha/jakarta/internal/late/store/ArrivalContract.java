package com.playtcha.jakarta.internal.late.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every store promises of items and results that arrive (contract, section 7). */
public abstract class ArrivalContract extends StoreFixture {

    @Test
    void aTrackedTaskIsAwaited() {
        LateItem item = track("t1").item();

        assertThat(item.getState()).isEqualTo(LateState.AWAITING);
        assertThat(item.getKind()).isEqualTo(LateKind.TASK);
        assertThat(item.isTracked()).isTrue();
        assertThat(item.getOutcome()).isNull();
        assertThat(item.getDueAt()).isEqualTo(now().plusSeconds(120));
        assertThat(item.getExpiresAt()).isEqualTo(now().plusSeconds(3600));
        assertThat(store.find("t1").orElseThrow()).usingRecursiveComparison().isEqualTo(item);
        assertThat(store.find("t2")).isEmpty();
    }

    @Test
    void trackingAgainChangesNothing() {
        LateItem first = track("t1").item();
        clock.advance(Duration.ofSeconds(10));

        assertThat(track("t1")).usingRecursiveComparison().isEqualTo(new Single.Tracked(first, false));
    }

    @Test
    void aTaskTrackedAfterItsCallbackTellsThatTheCallbackCame() {
        Single.accept(store, completed("t1", "yes"), MOST_UNKNOWN, now());
        assertThat(store.find("t1").orElseThrow().isTracked()).isFalse();

        LateItem item = track("t1").item();

        assertThat(item.getState()).isEqualTo(LateState.READY);
        assertThat(item.isTracked()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("hostileTexts")
    void anyIdAndAnyResultComeBackAsTheyWere(String text) throws Exception {
        String id = text.isBlank() || text.length() > 200 ? "long" : text;
        Single.track(store, task(id), now());
        Single.accept(store, completed(id, text), MOST_UNKNOWN, now());

        Lease lease = only(claim(WorkQueue.DELIVER));

        assertThat(lease.id()).isEqualTo(id);
        assertThat(lease.result().getId()).isEqualTo(id);
        assertThat(lease.result().getCode()).isEqualTo(text);
        assertThat(store.find(id)).isPresent();
        assertThat(deliver(store, lease)).isTrue();
    }

    @Test
    void anyIdsAndResultsOfAGroupThatNobodyTrackedComeBackAsTheyWere() {
        Single.accept(store, completed("before", "x"), 100, now());
        Map<String, String> codes = new LinkedHashMap<>();
        for (String text : hostileTexts()) {
            codes.put(text.isBlank() || text.length() > 200 ? "long " + codes.size() : text, text);
        }
        for (String text : List.of("NULL", "null", "{a,b}", "{}", "\"", "\\", "\\\"", ",", "'", "$1", "?")) {
            codes.put(text, text);
        }

        List<LateStore.AcceptOutcome> outcomes = store.takeAll(
                codes.entrySet().stream()
                        .map(each -> (Arrival) new Arrival.Result(completed(each.getKey(), each.getValue())))
                        .toList(),
                100,
                now());

        assertThat(outcomes).extracting(LateStore.AcceptOutcome::outcome).containsOnly(AcceptResult.STORED);
        Map<String, String> claimed = new LinkedHashMap<>();
        claim(WorkQueue.DELIVER)
                .forEach(lease -> claimed.put(
                        lease.id(), Objects.requireNonNull(lease.result()).getCode()));
        assertThat(claimed).containsAllEntriesOf(codes).hasSize(codes.size() + 1);
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
        Single.track(store, task("id"), now());

        assertThat(store.find("ID")).isEmpty();
        assertThat(store.find("id ")).isEmpty();
        assertThat(Single.accept(store, completed("Id", "x"), MOST_UNKNOWN, now()))
                .isEqualTo(AcceptResult.STORED);
        assertThat(store.find("id").orElseThrow().getState()).isEqualTo(LateState.AWAITING);
    }

    @Test
    void aPassIsTrackedWithItsTokenAndSentMark() {
        assertThat(Single.trackFailOpen(
                        store, List.of(pass("v1", "token-1", true), pass("v2", "token-2", false)), now()))
                .containsExactly(AcceptResult.STORED, AcceptResult.STORED);
        clock.advance(Duration.ofSeconds(5));

        Map<String, Lease> leases = byId(claim(WorkQueue.VERDICT_POLL));

        assertThat(leases).containsOnlyKeys("v1", "v2");
        assertThat(leases.get("v1").token()).isEqualTo("token-1");
        assertThat(leases.get("v1").sent()).isTrue();
        assertThat(leases.get("v2").sent()).isFalse();
        assertThat(leases.get("v2").expiresAt())
                .isEqualTo(leases.get("v2").startedAt().plusSeconds(300));
    }

    @Test
    void aVerdictThatMayBeSentElsewhereMarksTheOthersOfItsToken() {
        Single.trackFailOpen(store, List.of(pass("v1", "token", false), pass("v2", "other", false)), now());
        clock.advance(Duration.ofSeconds(6));
        Map<String, Lease> before = byId(claim(WorkQueue.VERDICT_POLL));

        store.take(new Arrival.Track(pass("v3", "token", false).item().asSent()), MOST_UNKNOWN, now());

        // A poll that was not sent would take the mark back.
        assertThat(Single.reschedule(store, before.get("v1"), now(), 1, false, null, now()))
                .isFalse();
        assertThat(Single.reschedule(store, before.get("v2"), now(), 1, false, null, now()))
                .isTrue();
        clock.advance(LEASE.plusSeconds(1));
        Map<String, Lease> leases = byId(claim(WorkQueue.VERDICT_POLL));
        assertThat(leases.get("v1").sent()).isTrue();
        assertThat(leases.get("v2").sent()).isFalse();
        assertThat(leases.get("v3").sent()).isTrue();
    }

    @Test
    void aTokenIsLetThroughUnverifiedOnceInItsTime() {
        assertThat(Single.trackFailOpen(store, List.of(pass("v1", "token", true), pass("v2", "token", true)), now()))
                .containsExactlyInAnyOrder(AcceptResult.STORED, AcceptResult.DUPLICATE);
        assertThat(Single.trackFailOpen(store, List.of(pass("v3", "token", true)), now()))
                .containsExactly(AcceptResult.DUPLICATE);
        assertThat(store.find("v3")).isEmpty();

        clock.advance(Duration.ofMinutes(5));

        assertThat(Single.trackFailOpen(store, List.of(pass("v4", "token", true)), now()))
                .containsExactly(AcceptResult.STORED);
    }

    @Test
    void aPassThatIsStoredTwiceIsOneItem() {
        Single.trackFailOpen(store, List.of(pass("v1", "token", true)), now());

        assertThat(Single.trackFailOpen(store, List.of(pass("v1", "token", true)), now()))
                .containsExactly(AcceptResult.STORED);
        assertThat(store.counts().awaiting()).isEqualTo(1);
    }

    @Test
    void onSeveralNodesAtOnceATokenIsLetThroughOnce() throws Exception {
        LateStore other = secondNode();
        for (int round = 0; round < 20; round++) {
            String token = "token-" + round;
            AtomicInteger id = new AtomicInteger();
            int r = round;
            List<AcceptResult> outcomes = atOnce(
                    4,
                    n -> Single.trackFailOpen(
                                    n % 2 == 0 ? store : other,
                                    List.of(pass("v" + r + "-" + id.incrementAndGet(), token, true)),
                                    now())
                            .get(0));

            assertThat(outcomes).containsOnlyOnce(AcceptResult.STORED);
        }
    }

    @Test
    void theFirstResultWins() {
        Single.track(store, task("t1"), now());

        assertThat(Single.accept(store, completed("t1", "a"), MOST_UNKNOWN, now()))
                .isEqualTo(AcceptResult.STORED);
        assertThat(Single.accept(store, completed("t1", "a"), MOST_UNKNOWN, now()))
                .isEqualTo(AcceptResult.DUPLICATE);
        assertThat(Single.accept(store, completed("t1", "b"), MOST_UNKNOWN, now()))
                .isEqualTo(AcceptResult.DIFFERENT);
        assertThat(only(claim(WorkQueue.DELIVER)).result().getCode()).isEqualTo("a");
    }

    @Test
    void aDeliveredResultIsStillKnownForWhatItWas() throws Exception {
        Single.accept(store, completed("t1", "a"), MOST_UNKNOWN, now());
        deliver(store, only(claim(WorkQueue.DELIVER)));

        assertThat(Single.accept(store, completed("t1", "a"), MOST_UNKNOWN, now()))
                .isEqualTo(AcceptResult.DUPLICATE);
        assertThat(Single.accept(store, completed("t1", "b"), MOST_UNKNOWN, now()))
                .isEqualTo(AcceptResult.DIFFERENT);
        assertThat(track("t1").item().getState()).isEqualTo(LateState.DELIVERED);
        assertThat(claim(WorkQueue.DELIVER)).isEmpty();
    }

    @Test
    void aCallbackForALateVerdictChangesNothing() {
        Single.trackFailOpen(store, List.of(pass("v1", "token", true)), now());

        assertThat(Single.accept(store, completed("v1", "a"), MOST_UNKNOWN, now()))
                .isEqualTo(AcceptResult.DIFFERENT);
        assertThat(store.find("v1").orElseThrow().getState()).isEqualTo(LateState.AWAITING);
    }

    @Test
    void unknownIdsAreKeptUpToABoundAndTrackedOnesBeyondIt() throws Exception {
        for (int i = 0; i < MOST_UNKNOWN; i++) {
            assertThat(Single.accept(store, completed("u" + i, "x"), MOST_UNKNOWN, now()))
                    .isEqualTo(AcceptResult.STORED);
        }
        assertThat(Single.accept(store, completed("one more", "x"), 0, now())).isEqualTo(AcceptResult.REFUSED);
        assertThat(store.find("one more")).isEmpty();
        Single.track(store, task("t1"), now());
        assertThat(Single.accept(store, completed("t1", "x"), 0, now())).isEqualTo(AcceptResult.STORED);

        for (Lease lease : claim(WorkQueue.DELIVER)) {
            deliver(store, lease);
        }
        assertThat(Single.accept(store, completed("one more", "x"), MOST_UNKNOWN, now()))
                .isEqualTo(AcceptResult.STORED);
    }

    @Test
    void aCallbackThatComesWhileThePollerAsksTakesTheItemFromIt() {
        Single.track(store, task("t1"), now());
        clock.advance(Duration.ofMinutes(3));
        Lease polled = only(claim(WorkQueue.TASK_POLL));

        assertThat(Single.accept(store, completed("t1", "called"), MOST_UNKNOWN, now()))
                .isEqualTo(AcceptResult.STORED);

        assertThat(Single.resolve(store, polled, completed("t1", "polled"), now()))
                .isFalse();
        assertThat(Single.reschedule(store, polled, now(), 1, true, null, now()))
                .isFalse();
        assertThat(only(claim(WorkQueue.DELIVER)).result().getCode()).isEqualTo("called");
    }

    @Test
    void callbackAndPollerAtOnceMakeOneResult() throws Exception {
        for (int round = 0; round < 20; round++) {
            String id = "t" + round;
            Single.track(store, task(id), now());
            Single.pollNow(store, task(id), MOST_UNKNOWN, now());
            Lease polled = only(claim(WorkQueue.TASK_POLL));
            LateStore other = secondNode();

            List<Boolean> won = atOnce(
                    2,
                    n -> n == 0
                            ? Single.resolve(store, polled, completed(id, "polled"), now())
                            : Single.accept(other, completed(id, "called"), MOST_UNKNOWN, now())
                                    == AcceptResult.STORED);

            assertThat(won).containsOnlyOnce(true);
        }
    }

    @Test
    void hasteningMakesATaskDueAndTracksAnUnknownOne() throws Exception {
        Single.track(store, task("t1"), now());
        assertThat(claim(WorkQueue.TASK_POLL)).isEmpty();

        assertThat(Single.pollNow(store, task("t1"), MOST_UNKNOWN, now())).isEqualTo(AcceptResult.STORED);
        assertThat(only(claim(WorkQueue.TASK_POLL)).id()).isEqualTo("t1");

        NewItem dueNow = new NewItem("t2", LateKind.TASK, "poll", null, false, now(), now(), now().plusSeconds(60));
        assertThat(Single.pollNow(store, dueNow, MOST_UNKNOWN, now())).isEqualTo(AcceptResult.STORED);
        assertThat(only(claim(WorkQueue.TASK_POLL)).id()).isEqualTo("t2");
        assertThat(Single.pollNow(store, dueNow, 0, now())).isEqualTo(AcceptResult.STORED);
        assertThat(Single.pollNow(store, task("t3"), 1, now())).isEqualTo(AcceptResult.REFUSED);

        Single.accept(store, completed("t1", "x"), MOST_UNKNOWN, now());
        assertThat(Single.pollNow(store, task("t1"), MOST_UNKNOWN, now())).isEqualTo(AcceptResult.DUPLICATE);
    }

    @Test
    void aVerdictKeepsItsEnvelopeAndItsTokenIsWiped() {
        Single.trackFailOpen(store, List.of(pass("v1", "token", true)), now());
        clock.advance(Duration.ofSeconds(5));
        Lease lease = only(claim(WorkQueue.VERDICT_POLL));
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

        assertThat(Single.resolve(store, lease, verdict, now())).isTrue();
        assertThat(Single.resolve(store, lease, verdict, now()))
                .as("an old lease")
                .isFalse();
        Lease ready = only(claim(WorkQueue.DELIVER));

        assertThat(ready.token()).isNull();
        assertThat(ready.result().getOutcome()).isEqualTo(LateOutcome.EXPIRED);
        assertThat(ready.result().getError().getStatus()).isEqualTo(410);
        assertThat(ready.result().getError().getFields()).isEqualTo(envelope);
        assertThat(ready.result().getAttempts()).isEqualTo(2);
        assertThat(ready.result().getStartedAt()).isEqualTo(lease.startedAt());
        assertThat(ready.result().getResolvedAt()).isEqualTo(verdict.getResolvedAt());
    }

    @Test
    void whatIsKnownReplacesThatNothingIsKnownUntilAHandlerMayHaveHeardOfIt() throws Exception {
        for (LateOutcome nothing : List.of(LateOutcome.UNCONFIRMED, LateOutcome.EXPIRED)) {
            String early = "early " + nothing;
            String late = "late " + nothing;
            Single.trackFailOpen(store, List.of(pass(early, early, true), pass(late, late, true)), now());
            clock.advance(Duration.ofSeconds(5));
            for (Lease lease : claim(WorkQueue.VERDICT_POLL)) {
                Single.resolve(store, lease, verdict(lease.id(), nothing), now());
            }

            assertThat(Single.accept(store, verdict(early, LateOutcome.VERIFIED), MOST_UNKNOWN, now()))
                    .isEqualTo(AcceptResult.STORED);
            assertThat(Single.accept(store, verdict(early, LateOutcome.REJECTED), MOST_UNKNOWN, now()))
                    .isEqualTo(AcceptResult.DIFFERENT);
            Map<String, Lease> leases = byId(claim(WorkQueue.DELIVER));
            assertThat(leases.get(early).result().getOutcome()).isEqualTo(LateOutcome.VERIFIED);
            assertThat(Single.accept(store, verdict(late, LateOutcome.VERIFIED), MOST_UNKNOWN, now()))
                    .isEqualTo(AcceptResult.DIFFERENT);
            clock.advance(LEASE.plusSeconds(1));
            assertThat(Single.accept(store, verdict(late, LateOutcome.VERIFIED), MOST_UNKNOWN, now()))
                    .as("a handler may have been called by a node that died")
                    .isEqualTo(AcceptResult.DIFFERENT);
            for (Lease lease : claim(WorkQueue.DELIVER)) {
                assertThat(deliver(store, lease)).isTrue();
            }
        }
    }

    @Test
    void aReleaseDoesNotHideThatTheHandlerMayHaveBeenCalled() {
        Single.trackFailOpen(store, List.of(pass("called", "1", true), pass("waited", "2", true)), now());
        clock.advance(Duration.ofSeconds(5));
        for (Lease lease : claim(WorkQueue.VERDICT_POLL)) {
            Single.resolve(store, lease, verdict(lease.id(), LateOutcome.EXPIRED), now());
        }
        for (Lease lease : claim(WorkQueue.DELIVER)) {
            store.settle(List.of(new Settlement.Released(lease, lease.id().equals("called"))), now());
        }
        for (Lease lease : claim(WorkQueue.DELIVER)) {
            store.settle(List.of(new Settlement.Released(lease, false)), now());
        }

        assertThat(Single.accept(store, verdict("waited", LateOutcome.VERIFIED), MOST_UNKNOWN, now()))
                .isEqualTo(AcceptResult.STORED);
        assertThat(Single.accept(store, verdict("called", LateOutcome.VERIFIED), MOST_UNKNOWN, now()))
                .isEqualTo(AcceptResult.DIFFERENT);
        assertThat(byId(claim(WorkQueue.DELIVER))).containsOnlyKeys("called", "waited");
    }

    @Test
    void anotherGuessReplacesNothing() {
        Single.trackFailOpen(store, List.of(pass("v", "token", true)), now());
        clock.advance(Duration.ofSeconds(5));
        Single.resolve(store, only(claim(WorkQueue.VERDICT_POLL)), verdict("v", LateOutcome.UNCONFIRMED), now());

        assertThat(Single.accept(store, verdict("v", LateOutcome.EXPIRED), MOST_UNKNOWN, now()))
                .isEqualTo(AcceptResult.DIFFERENT);
    }

    private LateResult verdict(String id, LateOutcome outcome) {
        return LateResult.of(id, LateKind.LATE_VERDICT, outcome, now()).build();
    }
}
