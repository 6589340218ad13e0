package com.playtcha.jakarta.internal.late.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.internal.late.store.LateStore.Claim;
import com.playtcha.jakarta.internal.late.store.LateStore.Counts;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
    void anOldLeaseChangesNothing() throws Exception {
        Single.accept(store, completed("t1", "x"), MOST_UNKNOWN, now());
        Lease old = only(claim(WorkQueue.DELIVER));
        clock.advance(LEASE.plusSeconds(1));
        Lease fresh = only(claim(WorkQueue.DELIVER));

        assertThat(deliver(store, old)).isFalse();
        assertThat(Single.fail(store, old, "late", now(), now())).isFalse();
        assertThat(Single.release(store, old)).isFalse();
        assertThat(store.find("t1").orElseThrow().state()).isEqualTo(LateState.READY);
        assertThat(store.find("t1").orElseThrow().failures()).isZero();
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
                for (Lease lease : node.claim(wanted(WorkQueue.POLL, 7))) {
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

        assertThat(claim(WorkQueue.POLL)).isEmpty();
        assertThat(store.claim(new Claim(WorkQueue.ASK, "other", false, now(), "me", LEASE, 10, false)))
                .isEmpty();
        assertThat(store.claim(new Claim(WorkQueue.ASK, "default", true, now(), "me", LEASE, 10, false)))
                .isEmpty();
        assertThat(store.claim(new Claim(WorkQueue.ASK, "default", false, now(), "me", LEASE, 10, false)))
                .hasSize(1);
        assertThat(claim(WorkQueue.DELIVER)).hasSize(1);
    }

    @Test
    void whatHasExpiredCanBeClaimedApart() {
        Single.trackFailOpen(store, List.of(pass("v1", "token-1", false)), now());
        clock.advance(Duration.ofMinutes(5));
        Single.trackFailOpen(store, List.of(pass("v2", "token-2", false)), now());

        List<Lease> expired = store.claim(new Claim(WorkQueue.ASK, null, true, now(), "me", LEASE, 10, false));

        assertThat(only(expired).id()).isEqualTo("v1");
    }

    @Test
    void aClaimedVerdictCountsAsSentUntilSomeoneSaysOtherwise() {
        Single.trackFailOpen(store, List.of(pass("v1", "token", false)), now());
        clock.advance(Duration.ofSeconds(5));
        assertThat(only(claim(WorkQueue.ASK)).sent()).isFalse();
        clock.advance(LEASE.plusSeconds(1));

        Lease second = only(claim(WorkQueue.ASK));
        assertThat(second.sent()).isTrue();

        assertThat(store.reschedule(second, now(), 1, false, "refused", now())).isTrue();
        Lease third = only(claim(WorkQueue.ASK));
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

        assertThat(store.find("t1").orElseThrow().state()).isEqualTo(LateState.READY);
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
        assertThat(again.state()).isEqualTo(LateState.DEAD_LETTER);
        assertThat(Single.fail(store, again, "e".repeat(100_000), now().plusSeconds(600), now()))
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
        assertThat(counts.earliestDue()).isEqualTo(now().plusSeconds(600));
        clock.advance(Duration.ofSeconds(600));
        assertThat(deliver(store, only(claim(WorkQueue.DELIVER)))).isTrue();
        assertThat(store.deadLetters(10)).isEmpty();
        assertThat(store.find("t1").orElseThrow().state()).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void aFailureThatWasRecordedMakesTheLeaseOld() throws Exception {
        Single.accept(store, completed("t1", "x"), MOST_UNKNOWN, now());
        Lease hanging = only(claim(WorkQueue.DELIVER));
        Single.fail(store, hanging, "took too long", now().plusSeconds(300), now());

        assertThat(deliver(store, hanging)).isFalse();
        assertThat(store.find("t1").orElseThrow().state()).isEqualTo(LateState.DEAD_LETTER);
    }

    @Test
    void anOperatorRetriesAndDiscardsDeadLettersOnly() {
        Single.accept(store, completed("ready", "x"), MOST_UNKNOWN, now());
        assertThat(store.retry("ready", now())).isFalse();
        assertThat(store.discard("ready", now(), now())).isFalse();
        assertThat(store.result("ready")).isEmpty();
        Single.fail(store, only(claim(WorkQueue.DELIVER)), "no", now().plusSeconds(300), now());

        assertThat(store.retry("ready", now())).isTrue();
        assertThat(store.find("ready").orElseThrow().dueAt()).isEqualTo(now());
        assertThat(store.retry("ready", now())).isTrue();
        Lease claimed = only(claim(WorkQueue.DELIVER));
        assertThat(store.discard("ready", now().plusSeconds(60), now())).isTrue();

        assertThat(store.find("ready").orElseThrow().state()).isEqualTo(LateState.DISCARDED);
        assertThat(Single.fail(store, claimed, "no", now(), now())).isFalse();
        assertThat(store.deadLetters(10)).isEmpty();
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
            store.take(new Incoming.Discard(id, LateKind.TASK, now().plusSeconds(60)), 10, now());
            store.take(new Incoming.Discard(id, LateKind.TASK, now().plusSeconds(60)), 10, now());
        }

        assertThat(store.find("delivered").orElseThrow().state()).isEqualTo(LateState.DELIVERED);
        for (String id : List.of("awaiting", "ready", "unknown")) {
            assertThat(store.find(id).orElseThrow().state()).isEqualTo(LateState.DISCARDED);
            assertThat(Single.accept(store, completed(id, "x"), MOST_UNKNOWN, now())
                            .isAcknowledged())
                    .isTrue();
        }
        assertThat(deliver(store, claimed)).isFalse();
        assertThat(claim(WorkQueue.DELIVER)).isEmpty();
    }

    @Test
    void allDeadLettersAreMadeDueInBatches() {
        for (String id : List.of("t1", "t2", "t3")) {
            Single.accept(store, completed(id, "x"), MOST_UNKNOWN, now());
            Single.fail(store, only(claim(WorkQueue.DELIVER)), "no", now().plusSeconds(300), now());
        }

        assertThat(store.retryAll(2, now())).isEqualTo(2);
        assertThat(store.retryAll(2, now())).isEqualTo(1);
        assertThat(store.retryAll(2, now())).isZero();
        assertThat(claim(WorkQueue.DELIVER)).hasSize(3);
    }

    @Test
    void anExpiredItemEndsAsExpired() throws Exception {
        Single.track(store, task("t1"), now());
        clock.advance(Duration.ofHours(1));
        Lease lease = only(store.claim(new Claim(WorkQueue.POLL, null, true, now(), "me", LEASE, 10, false)));
        LateResult expired =
                LateResult.of("t1", LateKind.TASK, LateOutcome.EXPIRED, now()).build();
        assertThat(Single.resolve(store, lease, expired, now())).isTrue();

        assertThat(deliver(store, only(claim(WorkQueue.DELIVER)))).isTrue();

        assertThat(store.find("t1").orElseThrow().state()).isEqualTo(LateState.EXPIRED);
        assertThat(store.find("t1").orElseThrow().outcome()).isEqualTo(LateOutcome.EXPIRED);
    }

    @Test
    void countsSayWhatIsAtWork() {
        assertThat(store.counts()).isEqualTo(Counts.NONE);
        Single.track(store, task("t1"), now());
        Instant ready = now();
        Single.accept(store, completed("t2", "x"), MOST_UNKNOWN, now());
        clock.advance(Duration.ofSeconds(1));
        Single.accept(store, completed("t3", "x"), MOST_UNKNOWN, now());

        assertThat(store.counts()).isEqualTo(new Counts(1, 2, 0, ready, null));
    }

    @Test
    void onlyWhatHasEndedIsForgottenWhenItsTimeHasPassed() throws Exception {
        Single.track(store, task("awaited"), now());
        Single.accept(store, completed("ended", "x"), MOST_UNKNOWN, now());
        Lease lease = only(claim(WorkQueue.DELIVER));
        Single.deliver(store, lease, now().plus(Duration.ofDays(7)), now(), delivery -> {});

        clock.advance(Duration.ofDays(7).minusSeconds(1));
        assertThat(store.forget(now(), 10)).isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThat(store.forget(now(), 10)).isEqualTo(1);

        assertThat(store.find("ended")).isEmpty();
        assertThat(store.find("awaited")).isPresent();
    }

    @Test
    void aGrantOutlivesItsItem() throws Exception {
        NewItem item = pass("first", "token", true).item();
        String grant = Ids.digest("project", "token");
        Single.trackFailOpen(store, List.of(new Incoming.FailOpen(item, grant, now().plusSeconds(600))), now());
        clock.advance(Duration.ofSeconds(5));
        LateResult verdict = LateResult.of("first", LateKind.LATE_VERDICT, LateOutcome.VERIFIED, now())
                .build();
        Single.resolve(store, only(claim(WorkQueue.ASK)), verdict, now());
        Single.deliver(store, only(claim(WorkQueue.DELIVER)), now(), now(), delivery -> {});

        clock.advance(Duration.ofSeconds(594));
        assertThat(store.forget(now(), 10)).isEqualTo(1);
        assertThat(Single.trackFailOpen(store, List.of(pass("second", "token", true)), now()))
                .containsExactly(AcceptResult.DUPLICATE);

        clock.advance(Duration.ofSeconds(1));
        assertThat(Single.trackFailOpen(store, List.of(pass("third", "token", true)), now()))
                .containsExactly(AcceptResult.STORED);
    }
}
