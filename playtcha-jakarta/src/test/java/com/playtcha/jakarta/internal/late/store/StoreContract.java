package com.playtcha.jakarta.internal.late.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.internal.late.store.LateStore.Claim;
import com.playtcha.jakarta.internal.late.store.LateStore.Counts;
import com.playtcha.jakarta.internal.late.store.LateStore.FailedQuery;
import com.playtcha.jakarta.internal.late.store.LateStore.FailedQuery.Position;
import com.playtcha.jakarta.internal.late.store.LateStore.Heartbeat;
import com.playtcha.jakarta.internal.late.store.LateStore.Renewal;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every store promises (contract, section 7). Each store's own test extends this. */
public abstract class StoreContract extends ArrivalContract {

    @Test
    void aClaimedItemIsNobodyElsesUntilItsLeaseHasPassed() {
        Single.accept(store, completed("t1", "x"), MOST_UNKNOWN, now());
        Lease first = only(claim(WorkQueue.DELIVER));
        assertThat(claim(WorkQueue.DELIVER)).isEmpty();
        clock.advance(LEASE);
        assertThat(claim(WorkQueue.DELIVER)).isEmpty();
        clock.advance(Duration.ofMillis(1));

        assertThat(only(claim(WorkQueue.DELIVER)).fence()).isGreaterThan(first.fence());
    }

    @Test
    void aResultIsLeasedToTheNodeThatAcceptsIt() throws Exception {
        Single.track(store, task("tracked"), now());
        List<Arrival> arrivals = List.of(
                new Arrival.Result(completed("untracked", "x")),
                new Arrival.Result(completed("tracked", "y")),
                new Arrival.Track(task("a task")),
                new Arrival.Result(completed("one too many", "z")));

        List<LateStore.AcceptOutcome> outcomes =
                store.takeAll(arrivals, MOST_UNKNOWN, new LateStore.LeaseTerms("me", LEASE, 2), now());

        List<Lease> leases = outcomes.stream()
                .map(LateStore.AcceptOutcome::lease)
                .filter(Objects::nonNull)
                .toList();
        assertThat(leases).hasSize(2);
        assertThat(outcomes).extracting(LateStore.AcceptOutcome::outcome).containsOnly(AcceptResult.STORED);
        assertThat(outcomes.get(2).lease()).isNull();
        List<Lease> rest = claim(WorkQueue.DELIVER);
        assertThat(rest).hasSize(1).doesNotContainAnyElementsOf(leases);
        for (Lease lease : leases) {
            assertThat(lease.called()).isFalse();
            assertThat(lease.state()).isEqualTo(LateState.READY);
            assertThat(lease.result().getId()).isEqualTo(lease.id());
            assertThat(deliver(store, lease)).isTrue();
        }
        assertThat(deliver(store, rest.get(0))).isTrue();
    }

    @Test
    void aResultThatItsNodeDidNotHandOverIsClaimedWhenTheLeaseHasPassed() throws Exception {
        Lease lost = store.takeAll(
                        List.of(new Arrival.Result(completed("t1", "x"))),
                        MOST_UNKNOWN,
                        new LateStore.LeaseTerms("dies", LEASE, 1),
                        now())
                .get(0)
                .lease();
        assertThat(claim(WorkQueue.DELIVER)).isEmpty();
        clock.advance(LEASE.plusMillis(1));

        Lease claimed = only(claim(WorkQueue.DELIVER));

        assertThat(claimed.result().getCode()).isEqualTo("x");
        assertThat(claimed.called()).isTrue();
        assertThat(deliver(store, lost)).isFalse();
        assertThat(deliver(store, claimed)).isTrue();
    }

    @Test
    void aLeaseIsRenewedUnlessAnotherNodeHasTheItem() {
        Single.accept(store, completed("kept", "x"), MOST_UNKNOWN, now());
        Single.accept(store, completed("lost", "x"), MOST_UNKNOWN, now());
        List<Lease> leases = claim(WorkQueue.DELIVER);
        clock.advance(LEASE.minusSeconds(1));
        Lease kept = byId(leases).get("kept");
        assertThat(store.renew(List.of(kept), LEASE)).containsExactly(Renewal.RENEWED);
        clock.advance(Duration.ofSeconds(2));

        Lease taken = only(claim(WorkQueue.DELIVER));

        assertThat(taken.id()).isEqualTo("lost");
        assertThat(store.renew(leases, LEASE))
                .containsExactlyElementsOf(leases.stream()
                        .map(lease -> lease.id().equals("kept") ? Renewal.RENEWED : Renewal.LOST)
                        .toList());
        clock.advance(LEASE);
        assertThat(claim(WorkQueue.DELIVER)).as("renewed again").isEmpty();
    }

    @Test
    void aClaimEndsWhereItsResultsAreManyBytes() {
        for (int i = 0; i < 6; i++) {
            Single.accept(store, completed("t" + i, "x".repeat(10_000)), 10, now());
            clock.advance(Duration.ofMillis(1));
        }
        Claim claim = new Claim(WorkQueue.DELIVER, null, false, now(), "me", LEASE, 50, 15_000, false);

        assertThat(store.claim(claim)).extracting(Lease::id).containsExactly("t0", "t1");
        assertThat(store.claim(claim)).extracting(Lease::id).containsExactly("t2", "t3");
        assertThat(claim(WorkQueue.DELIVER)).hasSize(2);
    }

    @Test
    void anOldLeaseChangesNothing() throws Exception {
        Single.accept(store, completed("t1", "x"), MOST_UNKNOWN, now());
        Lease old = only(claim(WorkQueue.DELIVER));
        clock.advance(LEASE.plusSeconds(1));
        Lease fresh = only(claim(WorkQueue.DELIVER));

        assertThat(deliver(store, old)).isFalse();
        assertThat(Single.fail(store, old, "late", now(), now())).isFalse();
        assertThat(Single.release(store, old)).isFalse();
        assertThat(store.find("t1").orElseThrow().getState()).isEqualTo(LateState.READY);
        assertThat(store.find("t1").orElseThrow().getFailures()).isZero();
        assertThat(deliver(store, fresh)).isTrue();
        assertThat(deliver(store, fresh)).isFalse();
    }

    @Test
    void ofManyClaimantsOnSeveralNodesExactlyOneGetsEachItem() throws Exception {
        int items = 200;
        for (int i = 0; i < items; i++) {
            Single.track(store, task("t" + i), now());
        }
        clock.advance(Duration.ofMinutes(3));
        LateStore other = secondNode();
        Set<String> claimed = ConcurrentHashMap.newKeySet();
        AtomicInteger twice = new AtomicInteger();

        atOnce(8, n -> {
            LateStore node = n % 2 == 0 ? store : other;
            while (claimed.size() < items) {
                for (Lease lease : node.claim(wanted(WorkQueue.TASK_POLL, 7))) {
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
        Single.track(store, task("not yet"), now());
        Single.trackFailOpen(store, List.of(pass("v1", "token", false)), now());
        Single.accept(store, completed("t1", "x"), MOST_UNKNOWN, now());
        clock.advance(Duration.ofSeconds(60));

        assertThat(claim(WorkQueue.TASK_POLL)).isEmpty();
        assertThat(store.claim(Single.claim(WorkQueue.VERDICT_POLL, "other", false, now(), "me", LEASE, 10, false)))
                .isEmpty();
        assertThat(store.claim(Single.claim(WorkQueue.VERDICT_POLL, "default", true, now(), "me", LEASE, 10, false)))
                .isEmpty();
        assertThat(store.claim(Single.claim(WorkQueue.VERDICT_POLL, "default", false, now(), "me", LEASE, 10, false)))
                .hasSize(1);
        assertThat(claim(WorkQueue.DELIVER)).hasSize(1);
    }

    @Test
    void whatHasExpiredCanBeClaimedApart() {
        Single.trackFailOpen(store, List.of(pass("v1", "token-1", false)), now());
        clock.advance(Duration.ofMinutes(5));
        Single.trackFailOpen(store, List.of(pass("v2", "token-2", false)), now());

        List<Lease> expired =
                store.claim(Single.claim(WorkQueue.VERDICT_POLL, null, true, now(), "me", LEASE, 10, false));

        assertThat(only(expired).id()).isEqualTo("v1");
    }

    @Test
    void aClaimedVerdictCountsAsSentUntilSomeoneSaysOtherwise() {
        Single.trackFailOpen(store, List.of(pass("v1", "token", false)), now());
        clock.advance(Duration.ofSeconds(5));
        assertThat(only(claim(WorkQueue.VERDICT_POLL)).sent()).isFalse();
        clock.advance(LEASE.plusSeconds(1));

        Lease second = only(claim(WorkQueue.VERDICT_POLL));
        assertThat(second.sent()).isTrue();

        assertThat(Single.reschedule(store, second, now(), 1, false, "refused", now()))
                .isTrue();
        Lease third = only(claim(WorkQueue.VERDICT_POLL));
        assertThat(third.sent()).isFalse();
        assertThat(third.attempts()).isEqualTo(1);
        assertThat(store.find("v1").orElseThrow().getLastError()).isEqualTo("refused");
        assertThat(Single.reschedule(store, third, now().plusSeconds(9), 2, true, null, now()))
                .isTrue();
        assertThat(store.find("v1").orElseThrow().getLastError()).isEqualTo("refused");
        assertThat(store.find("v1").orElseThrow().getDueAt()).isEqualTo(now().plusSeconds(9));
    }

    @Test
    void aReleasedItemCanBeClaimedAtOnce() {
        Single.accept(store, completed("t1", "x"), MOST_UNKNOWN, now());

        assertThat(Single.release(store, only(claim(WorkQueue.DELIVER)))).isTrue();

        assertThat(claim(WorkQueue.DELIVER)).hasSize(1);
    }

    @Test
    void aHandlerThatThrowsLeavesTheItemAsItWas() throws Exception {
        Single.accept(store, completed("t1", "x"), MOST_UNKNOWN, now());
        Lease lease = only(claim(WorkQueue.DELIVER));

        assertThatThrownBy(() -> Single.deliver(store, lease, now(), now(), delivery -> {
                    throw new java.io.IOException("mail is down");
                }))
                .isInstanceOf(Single.HandlerException.class)
                .hasRootCauseMessage("mail is down");

        assertThat(store.find("t1").orElseThrow().getState()).isEqualTo(LateState.READY);
        assertThat(deliver(store, lease)).isTrue();
    }

    @Test
    void aHandlerHearsWhichAttemptItIs() throws Exception {
        Single.accept(store, completed("t1", "x"), MOST_UNKNOWN, now());
        List<Integer> attempts = new ArrayList<>();
        Single.deliver(
                store, only(claim(WorkQueue.DELIVER)), now(), now(), delivery -> attempts.add(delivery.getAttempt()));
        Single.accept(store, completed("t2", "x"), MOST_UNKNOWN, now());
        Lease failing = only(claim(WorkQueue.DELIVER));
        Single.fail(store, failing, "no", now(), now());
        Single.deliver(
                store, only(claim(WorkQueue.DELIVER)), now(), now(), delivery -> attempts.add(delivery.getAttempt()));

        assertThat(attempts).containsExactly(1, 2);
    }

    @Test
    void aDeadLetterKeepsItsResultAndComesBackWhenItIsDue() throws Exception {
        Single.accept(store, completed("t1", "x"), MOST_UNKNOWN, now());
        Instant deadSince = now();
        assertThat(Single.fail(store, only(claim(WorkQueue.DELIVER)), "first\u0000", now().plusSeconds(300), now()))
                .isTrue();
        assertThat(claim(WorkQueue.DELIVER)).isEmpty();
        clock.advance(Duration.ofSeconds(300));
        Lease again = only(claim(WorkQueue.DELIVER));
        assertThat(again.failures()).isEqualTo(1);
        assertThat(again.state()).isEqualTo(LateState.RETRYING);
        assertThat(Single.fail(store, again, "e".repeat(100_000), now().plusSeconds(600), now()))
                .isTrue();

        LateItem item = only(failed(10));
        assertThat(item.getState()).isEqualTo(LateState.RETRYING);
        assertThat(item.getFailures()).isEqualTo(2);
        assertThat(item.getLastError()).isEqualTo("e".repeat(1000));
        assertThat(item.getDueAt()).isEqualTo(now().plusSeconds(600));
        assertThat(store.result("t1").orElseThrow().getCode()).isEqualTo("x");
        Counts counts = store.counts();
        assertThat(counts.retrying()).isEqualTo(1);
        assertThat(counts.oldestRetrying()).isEqualTo(deadSince);
        assertThat(counts.earliestDue()).isEqualTo(now().plusSeconds(600));
        clock.advance(Duration.ofSeconds(600));
        assertThat(deliver(store, only(claim(WorkQueue.DELIVER)))).isTrue();
        assertThat(failed(10)).isEmpty();
        assertThat(store.find("t1").orElseThrow().getState()).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void aFailureThatWasRecordedMakesTheLeaseOld() throws Exception {
        Single.accept(store, completed("t1", "x"), MOST_UNKNOWN, now());
        Lease hanging = only(claim(WorkQueue.DELIVER));
        Single.fail(store, hanging, "took too long", now().plusSeconds(300), now());

        assertThat(deliver(store, hanging)).isFalse();
        assertThat(store.find("t1").orElseThrow().getState()).isEqualTo(LateState.RETRYING);
    }

    @Test
    void anOperatorRetriesAndDiscardsDeadLettersOnly() {
        Single.accept(store, completed("ready", "x"), MOST_UNKNOWN, now());
        assertThat(store.retry(List.of("ready"), now())).isZero();
        assertThat(store.discard(List.of("ready"), now(), now())).isEmpty();
        assertThat(store.result("ready")).isEmpty();
        Single.fail(store, only(claim(WorkQueue.DELIVER)), "no", now().plusSeconds(300), now());

        assertThat(store.retry(List.of("ready"), now())).isEqualTo(1);
        assertThat(store.find("ready").orElseThrow().getDueAt()).isEqualTo(now());
        assertThat(store.retry(List.of("ready"), now())).isEqualTo(1);
        Lease claimed = only(claim(WorkQueue.DELIVER));
        assertThat(store.discard(List.of("ready"), now().plusSeconds(60), now()))
                .containsExactly("ready");

        assertThat(store.find("ready").orElseThrow().getState()).isEqualTo(LateState.DISCARDED);
        assertThat(Single.fail(store, claimed, "no", now(), now())).isFalse();
        assertThat(failed(10)).isEmpty();
        assertThat(Single.accept(store, completed("ready", "x"), MOST_UNKNOWN, now()))
                .isEqualTo(AcceptResult.DUPLICATE);
    }

    @Test
    void whatMustBeDiscardedIsWhateverItsState() throws Exception {
        Single.track(store, task("awaiting"), now());
        Single.accept(store, completed("delivered", "x"), MOST_UNKNOWN, now());
        assertThat(deliver(store, only(claim(WorkQueue.DELIVER)))).isTrue();
        Single.accept(store, completed("ready", "x"), MOST_UNKNOWN, now());
        Lease claimed = only(claim(WorkQueue.DELIVER));

        for (String id : List.of("awaiting", "delivered", "ready", "unknown")) {
            store.take(new Arrival.Discard(id, LateKind.TASK, now().plusSeconds(60)), 10, now());
            store.take(new Arrival.Discard(id, LateKind.TASK, now().plusSeconds(60)), 10, now());
        }

        assertThat(store.find("delivered").orElseThrow().getState()).isEqualTo(LateState.DELIVERED);
        for (String id : List.of("awaiting", "ready", "unknown")) {
            assertThat(store.find(id).orElseThrow().getState()).isEqualTo(LateState.DISCARDED);
            assertThat(Single.accept(store, completed(id, "x"), MOST_UNKNOWN, now())
                            .isAcknowledged())
                    .isTrue();
        }
        assertThat(deliver(store, claimed)).isFalse();
        assertThat(claim(WorkQueue.DELIVER)).isEmpty();
    }

    private static final Set<LateState> FAILED = EnumSet.of(LateState.RETRYING, LateState.DEAD_LETTER);

    private List<LateItem> failed(int limit) {
        return store.failed(new FailedQuery(FAILED, null, null, null, limit));
    }

    private void giveUp(String id) {
        Single.accept(store, completed(id, "x"), MOST_UNKNOWN, now());
        Lease lease = only(claim(WorkQueue.DELIVER));
        assertThat(store.settle(List.of(new Settlement.Failed(lease, WorkQueue.DEAD, 3, "given up", now())), now()))
                .containsExactly(true);
    }

    @Test
    void aDeadLetterIsCalledAgainOnlyWhereAnOperatorRetriesIt() {
        giveUp("t1");
        clock.advance(Duration.ofDays(30));
        assertThat(claim(WorkQueue.DELIVER)).isEmpty();
        LateItem item = store.find("t1").orElseThrow();
        assertThat(item.getState()).isEqualTo(LateState.DEAD_LETTER);
        assertThat(item.getFailures()).isEqualTo(3);
        Counts counts = store.counts();
        assertThat(counts.dead()).isEqualTo(1);
        assertThat(counts.retrying()).isZero();
        assertThat(counts.oldestDead()).isEqualTo(now().minus(Duration.ofDays(30)));
        assertThat(counts.earliestDue()).isNull();

        assertThat(store.retry(List.of("t1", "unknown"), now())).isEqualTo(1);

        Lease again = only(claim(WorkQueue.DELIVER));
        assertThat(again.state()).isEqualTo(LateState.RETRYING);
        assertThat(again.failures()).isEqualTo(3);
    }

    @Test
    void whatFailedIsListedByPlaceStateAgeAndError() {
        List<String> ids = List.of("t1", "t2", "t3");
        for (String id : ids) {
            Single.accept(store, completed(id, "x"), MOST_UNKNOWN, now());
            Single.fail(store, only(claim(WorkQueue.DELIVER)), "50%_of " + id + "!", now().plusSeconds(300), now());
            clock.advance(Duration.ofSeconds(1));
        }
        giveUp("t4");

        List<LateItem> first = failed(2);
        assertThat(first).extracting(LateItem::getId).containsExactly("t1", "t2");
        Position after = new Position(Objects.requireNonNull(first.get(1).getFailedSince()), Ids.key("t2"));
        assertThat(store.failed(new FailedQuery(FAILED, null, null, after, 10)))
                .extracting(LateItem::getId)
                .containsExactly("t3", "t4");
        assertThat(store.failed(new FailedQuery(EnumSet.of(LateState.DEAD_LETTER), null, null, null, 10)))
                .extracting(LateItem::getId)
                .containsExactly("t4");
        assertThat(store.failed(new FailedQuery(EnumSet.of(LateState.RETRYING), null, null, null, 10)))
                .extracting(LateItem::getId)
                .containsExactlyElementsOf(ids);
        assertThat(store.failed(new FailedQuery(FAILED, now().minusSeconds(1), null, null, 10)))
                .extracting(LateItem::getId)
                .containsExactly("t1", "t2");
        assertThat(store.failed(new FailedQuery(FAILED, null, "%_of t2!", null, 10)))
                .extracting(LateItem::getId)
                .containsExactly("t2");
        assertThat(store.failed(new FailedQuery(FAILED, null, "5%t", null, 10))).isEmpty();
    }

    @Test
    void anErrorIsFoundByItsTextAndNotByHowItIsStored() {
        List<String> errors = List.of("status 500", "\u5000", "\u500b\u4eba", "C:\\temp", "status 500 again");
        for (int i = 0; i < errors.size(); i++) {
            Single.accept(store, completed("t" + i, "x"), MOST_UNKNOWN, now());
            Single.fail(store, only(claim(WorkQueue.DELIVER)), errors.get(i), now().plusSeconds(300), now());
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(foundBy("500", 10)).containsExactly("t0", "t4");
        assertThat(foundBy("500", 2)).containsExactly("t0", "t4");
        assertThat(foundBy("u00", 10)).isEmpty();
        assertThat(foundBy("\u4eba", 10)).containsExactly("t2");
        assertThat(foundBy(":\\t", 10)).containsExactly("t3");
    }

    private List<String> foundBy(String error, int limit) {
        return store.failed(new FailedQuery(FAILED, null, error, null, limit)).stream()
                .map(LateItem::getId)
                .toList();
    }

    @Test
    void aLeaseThatWasReleasedIsNotRenewed() {
        Single.accept(store, completed("t1", "x"), MOST_UNKNOWN, now());
        Lease lease = only(claim(WorkQueue.DELIVER));
        Single.release(store, lease);

        assertThat(store.renew(List.of(lease), LEASE)).containsExactly(Renewal.LOST);
        assertThat(claim(WorkQueue.DELIVER)).hasSize(1);
    }

    @Test
    void aBeatSaysWhatCanBeClaimed() {
        assertThat(beat().due()).isEmpty();
        Single.track(store, task("t1"), now());
        Single.accept(store, completed("t2", "x"), MOST_UNKNOWN, now());
        assertThat(beat().due()).containsExactly(WorkQueue.DELIVER);
        Lease lease = only(claim(WorkQueue.DELIVER));
        assertThat(beat().due()).isEmpty();
        Single.fail(store, lease, "no", now().plusSeconds(60), now());
        clock.advance(Duration.ofSeconds(60));
        assertThat(beat().due()).containsExactly(WorkQueue.RETRY);
        clock.advance(Duration.ofSeconds(60));
        assertThat(beat().due()).containsExactlyInAnyOrder(WorkQueue.RETRY, WorkQueue.TASK_POLL);
        assertThat(beat().expired()).isEmpty();
        clock.advance(Duration.ofHours(1));
        assertThat(beat().expired()).containsExactly(WorkQueue.TASK_POLL);
    }

    @Test
    void aPauseHoldsUntilItIsOver() throws Exception {
        assertThat(beat().paused()).isFalse();
        store.setPaused(true);
        store.setPaused(true);
        LateStore other = secondNode();
        assertThat((other == null ? store : other).beat(now()).paused()).isTrue();
        store.setPaused(false);
        assertThat(beat().paused()).isFalse();
    }

    private Heartbeat beat() {
        return store.beat(now());
    }

    @Test
    void anExpiredItemEndsAsExpired() throws Exception {
        Single.track(store, task("t1"), now());
        clock.advance(Duration.ofHours(1));
        Lease lease = only(store.claim(Single.claim(WorkQueue.TASK_POLL, null, true, now(), "me", LEASE, 10, false)));
        LateResult expired =
                LateResult.of("t1", LateKind.TASK, LateOutcome.EXPIRED, now()).build();
        assertThat(Single.resolve(store, lease, expired, now())).isTrue();

        assertThat(deliver(store, only(claim(WorkQueue.DELIVER)))).isTrue();

        assertThat(store.find("t1").orElseThrow().getState()).isEqualTo(LateState.EXPIRED);
        assertThat(store.find("t1").orElseThrow().getOutcome()).isEqualTo(LateOutcome.EXPIRED);
    }

    @Test
    void countsSayWhatIsAtWork() {
        assertThat(store.counts()).isEqualTo(Counts.NONE);
        Single.track(store, task("t1"), now());
        Instant ready = now();
        Single.accept(store, completed("t2", "x"), MOST_UNKNOWN, now());
        clock.advance(Duration.ofSeconds(1));
        Single.accept(store, completed("t3", "x"), MOST_UNKNOWN, now());

        assertThat(store.counts()).isEqualTo(new Counts(1, 2, 0, 0, ready, null, null));
    }

    @Test
    void onlyWhatHasEndedIsForgottenWhenItsTimeHasPassed() throws Exception {
        Single.track(store, task("awaited"), now());
        Single.accept(store, completed("ended", "x"), MOST_UNKNOWN, now());
        Lease lease = only(claim(WorkQueue.DELIVER));
        Single.deliver(store, lease, now().plus(Duration.ofDays(7)), now(), delivery -> {});

        clock.advance(Duration.ofDays(7).minusSeconds(1));
        assertThat(store.purge(now(), 10)).isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThat(store.purge(now(), 10)).isEqualTo(1);

        assertThat(store.find("ended")).isEmpty();
        assertThat(store.find("awaited")).isPresent();
    }

    @Test
    void aRecordThatComesLateIsADuplicateOfWhatWasAllowedBeforeItsOwnRequest() {
        Single.trackFailOpen(store, List.of(pass("first", "token", false)), now());
        clock.advance(Duration.ofSeconds(290));
        Arrival.FailOpen spooled = pass("spooled", "token", false);
        clock.advance(Duration.ofSeconds(20));
        store.purge(now(), 10);

        assertThat(Single.trackFailOpen(store, List.of(spooled), now())).containsExactly(AcceptResult.DUPLICATE);

        assertThat(Single.trackFailOpen(store, List.of(pass("later", "token", false)), now()))
                .containsExactly(AcceptResult.STORED);
    }

    @Test
    void aGrantOutlivesItsItem() throws Exception {
        NewItem item = pass("first", "token", true).item();
        String grant = Ids.digest("project", "token");
        Single.trackFailOpen(store, List.of(new Arrival.FailOpen(item, grant, now().plusSeconds(600))), now());
        clock.advance(Duration.ofSeconds(5));
        LateResult verdict = LateResult.of("first", LateKind.LATE_VERDICT, LateOutcome.VERIFIED, now())
                .build();
        Single.resolve(store, only(claim(WorkQueue.VERDICT_POLL)), verdict, now());
        Single.deliver(store, only(claim(WorkQueue.DELIVER)), now(), now(), delivery -> {});

        clock.advance(Duration.ofSeconds(594));
        assertThat(store.purge(now(), 10)).isEqualTo(1);
        assertThat(Single.trackFailOpen(store, List.of(pass("second", "token", true)), now()))
                .containsExactly(AcceptResult.DUPLICATE);

        clock.advance(Duration.ofSeconds(1));
        assertThat(Single.trackFailOpen(store, List.of(pass("third", "token", true)), now()))
                .containsExactly(AcceptResult.STORED);
    }
}
