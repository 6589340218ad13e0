package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.late.engine.LateEngine.NoHandlerException;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was kept in the directory while the store was in trouble reaches the handler, and before anyone asks again. */
class SpoolDrainTest extends EngineFixture {

    @BeforeEach
    void makeRoom() {
        spool = spool(1000);
    }

    @Test
    void verdictsThatAreKnownAlreadyAreNeitherAskedForAgainNorOvertakenByTheirExpiry() {
        start();
        int many = 150;
        for (int i = 0; i < many; i++) {
            String id = track("token-" + i, true);
            spool.put(
                    new Arrival.Result(LateResult.of(id, LateKind.LATE_VERDICT, LateOutcome.REJECTED, clock.instant())
                            .build()),
                    "the store was down");
        }

        pollAfter(Duration.ofMinutes(6));
        run(Duration.ofSeconds(5));

        assertThat(verdictPolls).isEmpty();
        assertThat(handled).extracting(LateResult::getOutcome).hasSize(many).containsOnly(LateOutcome.REJECTED);
    }

    @Test
    void aDiscardThatWasSpooledLongAgoIsRememberedFromWhenTheStoreHasIt() {
        start();
        spool.putDiscard("t", LateKind.TASK, clock.instant().plus(Duration.ofDays(7)));
        clock.advance(Duration.ofDays(8));
        run(Duration.ofMinutes(3), Duration.ofSeconds(20));
        assertThat(spool.contains("t")).isFalse();

        assertThat(engine.inbox().accept("t", "code")).isNotEqualTo(AcceptResult.STORED);
        run(Duration.ofSeconds(2));

        assertThat(handled).isEmpty();
        assertThat(state("t")).isEqualTo(LateState.DISCARDED);
    }

    @Test
    void spooledItemsThatKeepComingKeepNobodyFromBeingAsked() {
        start();
        store.counts();
        String first = track("token", false);
        clock.advance(Duration.ofSeconds(20));
        listeners.add((id, kind, from, to, outcome) -> {
            if (to == LateState.DELIVERED && handled.size() < 20) {
                spool.put(
                        new Arrival.Result(LateResult.of(
                                        "t" + handled.size(), LateKind.TASK, LateOutcome.COMPLETED, clock.instant())
                                .code("x")
                                .build()),
                        "the store was slow");
            }
        });
        engine.inbox().accept("t0", "x");
        engine.pollOnce();
        engine.pollOnce();

        assertThat(verdictPolls).containsExactly("token");
        assertThat(handled).hasSizeLessThan(20).extracting(LateResult::getId).contains(first);
    }

    @Test
    void aBacklogOfSpooledItemsThatGrowsAsFastAsItIsTakenKeepsNobodyFromBeingAsked() {
        start();
        int backlog = 150;
        int most = 1000;
        AtomicInteger written = new AtomicInteger();
        Runnable write = () -> spool.put(
                new Arrival.Result(LateResult.of(
                                "t" + written.incrementAndGet(), LateKind.TASK, LateOutcome.COMPLETED, clock.instant())
                        .code("x")
                        .build()),
                "the store was slow");
        for (int i = 0; i < backlog; i++) {
            write.run();
        }
        track("token", false);
        listeners.add((id, kind, from, to, outcome) -> {
            if (to == LateState.DELIVERED && verdictPolls.isEmpty() && written.get() < most) {
                write.run();
            }
        });

        pollAfter(Duration.ofSeconds(20));

        assertThat(verdictPolls).containsExactly("token");
        assertThat(written).hasValueLessThan(most);
    }

    @Test
    void aKnownResultThatTheStoreDoesNotTakeYetIsNeitherAskedForAgainNorOvertakenByItsExpiry() {
        start();
        String id = track("token", true);
        String other = track("another", true);
        spool.put(
                new Arrival.Result(LateResult.of(id, LateKind.LATE_VERDICT, LateOutcome.VERIFIED, clock.instant())
                        .build()),
                "the store was down");
        spool.failed(spool.find(id).orElseThrow(), "still down", clock.instant(), Duration.ofMinutes(10));

        run(Duration.ofSeconds(400));

        assertThat(verdictPolls).containsExactly("another");
        assertThat(handled).extracting(LateResult::getId).containsExactly(other);
        run(Duration.ofSeconds(400));
        assertThat(verdictPolls).containsExactly("another");
        assertThat(handled)
                .extracting(LateResult::getOutcome)
                .containsExactly(LateOutcome.VERIFIED, LateOutcome.VERIFIED);
        assertThat(spool.list(1, null, any -> true)).isEmpty();
    }

    /** Returns a pass that another node allowed now, of the token that this one lets through. */
    private Arrival.FailOpen passOfAnotherNode() {
        Instant now = clock.instant();
        NewItem item = new NewItem(
                "late-other-node",
                LateKind.LATE_VERDICT,
                "default",
                "token",
                false,
                now,
                now.plusSeconds(20),
                now.plusSeconds(300));
        return new Arrival.FailOpen(item, Ids.digest("project", "token"), now.plusSeconds(300));
    }

    @Test
    void aPassThatWasAcknowledgedIsNotDroppedBecauseAnotherNodeLetItsTokenThroughToo() {
        start();
        playtcha = token -> verdictPolls.size() == 1 ? ok(true) : error(409, "already_redeemed");
        String first = track("token", false);
        spool.put(passOfAnotherNode(), "the store was down");

        run(Duration.ofSeconds(60));

        assertThat(handled).extracting(LateResult::getId).containsExactly(first, "late-other-node");
        assertThat(handled)
                .extracting(LateResult::getOutcome)
                .containsExactly(LateOutcome.VERIFIED, LateOutcome.UNCONFIRMED);
    }

    @Test
    void aPassThatIsDrainedAfterTheTimeOfAnotherNodesIsNotRejectedBecauseThatRedeemedItsToken() {
        start();
        playtcha = token -> verdictPolls.size() == 1 ? ok(true) : error(409, "already_redeemed");
        track("token", false);
        run(Duration.ofSeconds(290));
        Arrival.FailOpen pass = passOfAnotherNode();
        run(Duration.ofSeconds(90));
        spool.put(pass, "the store was down");

        run(Duration.ofSeconds(60));

        assertThat(handled)
                .extracting(LateResult::getOutcome)
                .containsExactly(LateOutcome.VERIFIED, LateOutcome.UNCONFIRMED);
    }

    @Test
    void aPassThatWaitsInTheDirectoryTooHasNotBeenAskedForMeanwhile() {
        start();
        playtcha = token -> error(409, "already_redeemed");
        String id = track("token", false);
        NewItem item = new NewItem(
                id,
                LateKind.LATE_VERDICT,
                "default",
                "token",
                false,
                clock.instant(),
                clock.instant().plusSeconds(5),
                clock.instant().plusSeconds(300));
        spool.put(
                new Arrival.FailOpen(
                        item, Ids.digest("project", "token"), clock.instant().plusSeconds(300)),
                "the store was slow");
        spool.postpone(spool.find(id).orElseThrow(), clock.instant(), Duration.ofSeconds(60));
        run(Duration.ofSeconds(50));
        assertThat(verdictPolls).isEmpty();

        run(Duration.ofSeconds(200));

        assertThat(verdictPolls).containsExactly("token");
        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.REJECTED);
    }

    @Test
    void aStoreThatFailsWithABugOfItsPoolSendsPassesAndVerdictsToTheDirectory() {
        start();
        store.counts();
        database.throwInstead(new IllegalStateException("pool is closed"));
        String id = track("token-1", true);
        database.throwInstead(null);
        playtcha = token -> {
            database.throwInstead(new IllegalStateException("pool is closed"));
            return ok(true);
        };
        run(Duration.ofSeconds(20));
        assertThat(verdictPolls).hasSize(1);
        database.throwInstead(null);

        run(Duration.ofSeconds(20));

        assertThat(verdictPolls).hasSize(1);
        assertThat(handled).extracting(LateResult::getId).containsExactly(id);
        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.VERIFIED);
    }

    @Test
    void aPassIsKeptInTheDirectoryInTimeWhileTheStoreHangs() {
        store.counts();
        CountDownLatch open = new CountDownLatch(1);
        engine = build(config().tracking(Duration.ofSeconds(6), 100), Runnable::run)
                .spool(spool)
                .build();
        prepare(engine);
        database.hangUntil(open);
        try {
            for (int i = 0; i < 2; i++) {
                track("token-" + i, true);
            }
            assertThat(spool.load().files()).isEqualTo(2);
        } finally {
            open.countDown();
        }
        run(Duration.ofSeconds(60));
        assertThat(handled).hasSize(2);
    }

    @Test
    void aSpooledItemThatAStoreInTroubleRefusedIsTakenSoonAfterTheTrouble() {
        start();
        store.counts();
        database.setDown(true);
        engine.inbox().accept("t1", "x");
        database.setDown(false);
        database.refuse("INSERT");
        run(Duration.ofSeconds(3));
        assertThat(spool.load().files()).isEqualTo(1);
        database.refuse(null);

        run(Duration.ofSeconds(30));

        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void whatAStoreThatAnswersReadsAloneRefusedForHoursIsTakenSoonAfter() {
        start();
        store.counts();
        database.refuse("INSERT");
        assertThat(engine.inbox().accept("t1", "x")).isEqualTo(AcceptResult.SPOOLED);
        run(Duration.ofHours(3), Duration.ofSeconds(10));
        assertThat(engine.metrics().getTimeSinceCount()).isGreaterThan(Duration.ofHours(2));
        database.refuse(null);

        run(Duration.ofSeconds(30));

        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void whatAStoreRefusedForHoursThatTookOthersIsTakenSoonAfter() {
        start();
        engine.inbox().track("t1");
        database.refuse("SET state = 'READY', lane = 'DELIVER'");
        assertThat(engine.inbox().accept("t1", "large")).isEqualTo(AcceptResult.SPOOLED);
        assertThat(engine.inbox().accept("t2", "small")).isEqualTo(AcceptResult.STORED);
        run(Duration.ofHours(3), Duration.ofMinutes(1));
        assertThat(state("t2")).isEqualTo(LateState.DELIVERED);
        database.refuse(null);

        run(Duration.ofSeconds(15));

        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void whatWasSpooledForLackOfRoomIsDeliveredWithinSecondsOfThereBeingRoom() {
        int many = 60;
        AtomicBoolean hasHandler = new AtomicBoolean();
        handler = (result, delivery) -> {
            if (!hasHandler.get()) {
                throw new NoHandlerException("not yet");
            }
        };
        engine = build(config().maxUntracked(5), Runnable::run).spool(spool).build();
        for (int i = 0; i < many; i++) {
            assertThat(engine.inbox().accept("t" + i, "x").isAcknowledged()).isTrue();
        }
        assertThat(spool.load().files()).isEqualTo(many - 5);
        // For hours in which the store has no room.
        run(Duration.ofHours(2), Duration.ofMinutes(2));
        assertThat(transitions).doesNotContain("READY>DELIVERED");
        hasHandler.set(true);

        run(Duration.ofSeconds(60));

        assertThat(transitions).filteredOn("READY>DELIVERED"::equals).hasSize(many);
    }

    @Test
    void aSpooledItemThatTheStoreAlwaysRefusesKeepsNoOthersWaiting() {
        start();
        store.counts();
        for (int i = 0; i < 10; i++) {
            NewItem item = new NewItem(
                    "late-" + i,
                    LateKind.LATE_VERDICT,
                    "s".repeat(1300),
                    "token-" + i,
                    false,
                    clock.instant(),
                    clock.instant(),
                    clock.instant().plusSeconds(300));
            spool.put(new Arrival.FailOpen(item, Ids.digest("p", "token-" + i), clock.instant()), "the store was down");
            clock.advance(Duration.ofMillis(1));
        }
        spool.put(
                new Arrival.Result(LateResult.of("t1", LateKind.TASK, LateOutcome.COMPLETED, clock.instant())
                        .code("x")
                        .build()),
                "the store was down");

        run(Duration.ofSeconds(10));

        assertThat(handled).extracting(LateResult::getId).containsExactly("t1");
        assertThat(spool.list(100, null, any -> true)).hasSize(10);
        assertThat(spool.list(1, null, any -> true).get(0).attempts()).isGreaterThan(1);
    }
}
