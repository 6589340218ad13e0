package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.LateStore.Claim;
import com.playtcha.jakarta.internal.late.store.Single;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one call, one node or one clock may cost the others (contract, section 7). */
class EngineBoundsTest extends EngineFixture {
    private static final Duration LEASE = Duration.ofSeconds(12);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void endThreads() {
        end.countDown();
        threads.shutdownNow();
    }

    private void startWithLease(Duration lease) {
        engine = build(config().handling(8, Duration.ofMinutes(1), lease), threads)
                .spool(spool)
                .build();
        prepare(engine);
    }

    @Test
    void aJumpOfTheClockEndsNoCall() throws Exception {
        start(threads);
        CountDownLatch entered = new CountDownLatch(1);
        handler = (result, delivery) -> {
            entered.countDown();
            end.await();
        };
        engine.inbox().accept("t1", "x");
        engine.pollOnce();
        assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();

        clock.jump(Duration.ofMinutes(10));
        engine.pollOnce();
        clock.jump(Duration.ofMinutes(-20));
        engine.pollOnce();
        end.countDown();

        await().until(() -> {
            engine.pollOnce();
            return state("t1") == LateState.DELIVERED;
        });
        assertThat(handled).hasSize(1);
        assertThat(count(LateCounter.HANDLER_FAILED)).isZero();
    }

    @Test
    void oneHonestSlowCallDoesNotLetHangingOnesHoldAllSlots() throws Exception {
        start(threads);
        CountDownLatch slow = new CountDownLatch(1);
        CountDownLatch slowEntered = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(8);
        handler = (result, delivery) -> {
            if (result.getId().equals("slow")) {
                slowEntered.countDown();
                slow.await();
            } else if (result.getId().startsWith("hangs")) {
                hanging.countDown();
                end.await();
            }
        };
        engine.inbox().accept("slow", "x");
        engine.pollOnce();
        assertThat(slowEntered.await(60, TimeUnit.SECONDS)).isTrue();
        clock.advance(Duration.ofSeconds(20));
        slow.countDown();
        await().until(() -> {
            engine.pollOnce();
            return state("slow") == LateState.DELIVERED;
        });
        for (int i = 0; i < 8; i++) {
            engine.inbox().accept("hangs-" + i, "x");
        }
        engine.pollOnce();
        assertThat(hanging.await(60, TimeUnit.SECONDS)).isTrue();

        engine.inbox().accept("healthy", "x");
        clock.advance(Duration.ofSeconds(6));

        await().until(() -> {
            engine.pollOnce();
            return state("healthy") == LateState.DELIVERED;
        });
        assertThat(count(LateCounter.HANDLER_FAILED)).isZero();
    }

    @Test
    void aTaskOfTheExecutorEndsSoonAlsoWhereThereIsMoreToDo() {
        AtomicInteger tasks = new AtomicInteger();
        engine = build(config().concurrency(1), Runnable::run)
                .handlers(task -> {
                    tasks.incrementAndGet();
                    task.run();
                })
                .build();
        handler = (result, delivery) -> clock.advance(Duration.ofSeconds(2));
        for (int i = 0; i < 12; i++) {
            acceptElsewhere("t" + i, "x");
        }

        await().until(() -> {
            engine.pollOnce();
            return handled.size() == 12;
        });
        assertThat(tasks).hasValueGreaterThanOrEqualTo(4);
    }

    @Test
    void aNodeThatGetsMoreThanItHandlesStillTakesOverWhatAKilledOneLeft() {
        acceptElsewhere("left", "x");
        assertThat(store.claim(Single.claim(
                        WorkQueue.DELIVER, null, false, clock.instant(), "other", Duration.ofSeconds(5), 1, false)))
                .hasSize(1);

        handleLessThanArrives();

        assertThat(handled).extracting(LateResult::getId).contains("left");
    }

    @Test
    void aNodeWhoseSlotsAreAlwaysBusyStillRetries() throws Exception {
        acceptElsewhere("retried", "x");
        execute("UPDATE playtcha_late_item SET state = 'DEAD_LETTER', lane = 'RETRY', failures = 1,"
                + " dead_since = due_at, due_at = due_at + 2000");

        handleLessThanArrives();

        assertThat(handled).extracting(LateResult::getId).contains("retried");
    }

    /** Three results arrive for each one that is handled, by two slots that are both busy whenever items are claimed. */
    private void handleLessThanArrives() {
        Semaphore returns = new Semaphore(0);
        handler = (result, delivery) -> returns.acquire();
        engine = build(config().concurrency(2), Runnable::run).handlers(threads).build();
        try {
            for (int i = 0; i < 100; i++) {
                for (int more = 0; more < 3; more++) {
                    engine.inbox().accept("own-" + i + "-" + more, "x");
                }
                pollAfter(Duration.ofMillis(100));
                int begun = i + 2;
                await().until(() -> handled.size() >= begun);
                returns.release();
            }
        } finally {
            returns.release(1000);
        }
    }

    @Test
    void anExecutorWithFewerThreadsThanSlotsIsInTheLog() throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        CountDownLatch entered = new CountDownLatch(2);
        handler = (result, delivery) -> {
            entered.countDown();
            end.await();
        };
        try (CapturedLog log = new CapturedLog(HandlerSlots.class.getName(), Level.WARN)) {
            engine = build(config().concurrency(6), Runnable::run).handlers(two).build();
            for (int i = 0; i < 6; i++) {
                engine.inbox().accept("t" + i, "x");
            }
            engine.pollOnce();
            assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(log.lines()).isEmpty();

            pollAfter(Duration.ofSeconds(6));

            assertThat(log.lines()).singleElement().asString().contains("has given 2 of 6 threads");
        } finally {
            end.countDown();
            engine.close();
            two.shutdownNow();
        }
    }

    @Test
    void aLeaseThatIsOverOnceTheStoreHasGivenItIsNotUsedBesideAnotherNode() {
        start();
        try (LateEngine other = build(config(), Runnable::run).build()) {
            handler = (result, delivery) -> other.pollOnce();
            acceptElsewhere("t1", "x");
            database.runBefore("SET owner = ?", () -> clock.advance(new LateConfig().lease.plusSeconds(1)));

            run(Duration.ofSeconds(5));

            assertThat(handled).hasSize(1);
            assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
        }
    }

    @Test
    void aVerdictThatComesAfterItsLeaseIsTheResult() {
        start();
        playtcha = token -> {
            clock.advance(Duration.ofMinutes(2));
            assertThat(store.claim(Single.claim(
                            WorkQueue.VERDICT_POLL, null, false, clock.instant(), "other", LEASE, 1, false)))
                    .hasSize(1);
            return ok(true);
        };
        track("token", false);

        pollAfter(Duration.ofSeconds(20));
        playtcha = token -> error(409, "already_redeemed");
        run(Duration.ofMinutes(1));

        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.VERIFIED);
        assertThat(verdictPolls).hasSize(1);
    }

    @Test
    void aRedeemedTokenIsNotRejectedByANodeThatLostItsLease() {
        start();
        playtcha = token -> {
            clock.advance(Duration.ofMinutes(2));
            assertThat(store.claim(Single.claim(
                            WorkQueue.VERDICT_POLL, null, false, clock.instant(), "other", LEASE, 1, false)))
                    .hasSize(1);
            return error(409, "already_redeemed");
        };
        track("token", false);

        pollAfter(Duration.ofSeconds(20));
        playtcha = token -> error(409, "already_redeemed");
        run(Duration.ofMinutes(1));

        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.UNCONFIRMED);
    }

    @Test
    void aLeaseThatWasLostIsNoOutage() {
        start();
        List<String> errors = new ArrayList<>();
        handler = (result, delivery) -> {
            if (result.getId().equals("lost")) {
                execute("UPDATE playtcha_late_item SET fence = fence + 1 WHERE item_id = 'lost'");
                try {
                    delivery.unwrap(Connection.class);
                } catch (LateUnavailableException e) {
                    errors.add(e.getMessage());
                    throw e;
                }
            }
        };
        engine.inbox().accept("lost", "x");
        engine.pollOnce();
        engine.inbox().accept("t2", "x");
        engine.pollOnce();

        assertThat(errors).singleElement().asString().contains("took longer than its lease");
        assertThat(state("t2")).isEqualTo(LateState.DELIVERED);
        assertThat(count(LateCounter.STORE_FAILED)).isZero();
        assertThat(count(LateCounter.STALE)).isEqualTo(1);
    }

    /** The application tracks its id in a transaction that goes on. */
    @Test
    void aResultThatWaitsForALockedRowIsNoOutageAndDelaysNoOther() throws Exception {
        store = JdbcStores.withLeaseClock(database, results, clock);
        engine = build(config().callbacks(Duration.ofSeconds(5), Duration.ofMinutes(1)), null)
                .spool(spool)
                .build();
        engine.openStore();
        engine.start(Duration.ofMillis(100));
        try (CapturedLog log = new CapturedLog(StoreHealth.class.getName(), Level.WARN);
                Connection application = h2.getConnection()) {
            application.setAutoCommit(false);
            engine.inbox().track("locked", application);
            CountDownLatch begun = new CountDownLatch(1);
            database.runBefore("INSERT INTO playtcha_late_item", begun::countDown);
            Future<AcceptResult> waiting = threads.submit(() -> engine.inbox().accept("locked", "x"));
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();

            for (int i = 0; !waiting.isDone(); i++) {
                assertThat(engine.inbox().accept("t" + i, "x")).isEqualTo(AcceptResult.STORED);
            }

            assertThat(waiting.get()).isEqualTo(AcceptResult.SPOOLED);
            assertThat(log.lines()).isEmpty();
            application.rollback();
        }
    }

    @Test
    void anUncheckedExceptionOfThePoolIsAnOutage() {
        engine = build(config(), Runnable::run).build();
        engine.openStore();
        engine.pollOnce();
        assertThat(engine.canKeepResults()).isTrue();

        database.throwInstead(new IllegalStateException("the pool has ended"));
        engine.pollOnce();
        assertThat(engine.canKeepResults()).isFalse();

        database.throwInstead(null);
        engine.pollOnce();
        assertThat(engine.canKeepResults()).isTrue();
    }

    @Test
    void theLeaseOfALongCallIsRenewedAndThatOfADeadNodeEndsSoon() throws Exception {
        startWithLease(new LateConfig().lease);
        CountDownLatch entered = new CountDownLatch(1);
        handler = (result, delivery) -> {
            entered.countDown();
            end.await();
        };
        engine.inbox().accept("t1", "x");
        engine.pollOnce();
        assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();

        Claim other = Single.claim(
                WorkQueue.DELIVER, null, false, clock.instant().plusSeconds(600), "other", LEASE, 9, false);
        for (int second = 0; second < 50; second++) {
            pollAfter(Duration.ofSeconds(1));
            assertThat(store.claim(other)).isEmpty();
        }

        // The heart stops. Of the 15 s, one is for the next heartbeat of another node, and the rest for a busy machine.
        clock.advance(Duration.ofSeconds(15 - 1 - 4).plusMillis(1));
        assertThat(store.claim(other)).hasSize(1);
    }

    @Test
    void anIdleNodeMakesAtMostTwoTransactionsASecond() {
        start();
        run(Duration.ofSeconds(10));
        database.clear();

        run(Duration.ofMinutes(2));

        assertThat(database.connections()).isLessThan(2 * 120);
    }

    @Test
    void aResultForWhichThereIsASlotNeedsNoClaim() {
        start();
        engine.pollOnce();
        database.clear();

        for (int i = 0; i < 5; i++) {
            engine.inbox().accept("t" + i, "x");
        }
        engine.pollOnce();

        assertThat(handled).hasSize(5);
        assertThat(database.statements()).noneMatch(sql -> sql.contains("FOR UPDATE"));
    }
}
