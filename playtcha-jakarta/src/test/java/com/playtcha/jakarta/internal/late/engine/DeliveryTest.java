package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.engine.LateEngine.NoHandlerException;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.late.DeadLetterFilter;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.RetryLater;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handing over, dead letters, and ending in the middle of work (contract, section 7). */
class DeliveryTest extends EngineFixture {

    /** As of JTA on Open Liberty, where the transaction of a bean cannot be committed. */
    @Test
    void theErrorOfAContainerThatSaysNothingIsThereWithItsCause() {
        start();
        handler = (result, delivery) -> {
            throw new IllegalStateException(
                    null, new IllegalStateException(new java.sql.SQLException("the name is taken")));
        };
        engine.inbox().accept("t1", "x");
        engine.pollOnce();

        assertThat(engine.deadLetters().list(10).get(0).getLastError())
                .isEqualTo("java.lang.IllegalStateException, caused by java.sql.SQLException: the name is taken");
    }

    @Test
    void aHandlerThatFailsThreeTimesIsCalledAFourthTime() {
        start();
        List<Integer> attempts = new ArrayList<>();
        handler = (result, delivery) -> {
            attempts.add(delivery.getAttempt());
            if (attempts.size() <= 3) {
                throw new java.io.IOException("mail is down");
            }
        };
        engine.inbox().accept("t1", "x");
        engine.pollOnce();
        LateItem dead = engine.deadLetters().list(10).get(0);
        assertThat(dead.getState()).isEqualTo(LateState.RETRYING);
        assertThat(dead.getLastError()).isEqualTo("java.io.IOException: mail is down");
        assertThat(dead.getFailures()).isEqualTo(1);

        pollAfter(Duration.ofMinutes(4));
        assertThat(attempts).hasSize(1);
        pollAfter(Duration.ofMinutes(1));
        assertThat(attempts).hasSize(2);
        pollAfter(Duration.ofMinutes(8));
        assertThat(attempts).hasSize(2);
        pollAfter(Duration.ofMinutes(2));
        assertThat(attempts).hasSize(3);
        pollAfter(Duration.ofMinutes(20));

        assertThat(attempts).containsExactly(1, 2, 3, 4);
        assertThat(engine.deadLetters().list(10)).isEmpty();
        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
        assertThat(transitions)
                .containsExactly(
                        "null>READY", "READY>RETRYING", "RETRYING>RETRYING", "RETRYING>RETRYING", "RETRYING>DELIVERED");
    }

    @Test
    void anErrorOfTheHandlersIsAFailureLikeAnyOther() {
        start();
        handler = (result, delivery) -> {
            throw new NoClassDefFoundError("gone");
        };
        engine.inbox().accept("t1", "x");

        engine.pollOnce();

        assertThat(state("t1")).isEqualTo(LateState.RETRYING);
    }

    @Test
    void aLogThatCannotBeWrittenTakesNoSlot() {
        start();
        handler = (result, delivery) -> {
            throw new IllegalStateException("the application's database is full too");
        };
        try (FailingLog log = new FailingLog(Deliveries.class, HandlerSlots.class)) {
            for (int i = 0; i < 19; i++) {
                engine.inbox().accept("t" + i, "x");
                engine.pollOnce();
            }
        }
        handler = (result, delivery) -> {};

        engine.inbox().accept("healthy", "x");
        engine.pollOnce();

        assertThat(state("healthy")).isEqualTo(LateState.DELIVERED);
    }

    private void withoutHandler(Executor executor) {
        start(executor);
        handler = (result, delivery) -> {
            throw new NoHandlerException("this application has none");
        };
    }

    @Test
    void withoutAHandlerThousandsWaitAsTheyAreAndOneIsTriedNowAndThen() {
        withoutHandler(Runnable::run);
        for (int i = 0; i < 100; i++) {
            engine.inbox().accept("t" + i, "x");
        }
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta.internal.late.engine", Level.INFO)) {
            run(Duration.ofMinutes(10));

            assertThat(handled).hasSizeLessThan(10 + 120);
            List<String> lines = log.lines();
            assertThat(lines).hasSizeLessThan(20);
            assertThat(lines)
                    .filteredOn(line -> line.startsWith("WARN Results wait for a handler"))
                    .hasSize(10);
            assertThat(lines).anyMatch(line -> line.startsWith("WARN Results are due and not handed over"));
        }
        assertThat(engine.metrics().getReady()).isEqualTo(100);
        assertThat(engine.metrics().getOverdue()).isGreaterThan(Duration.ofMinutes(9));
        assertThat(engine.deadLetters().list(10)).isEmpty();
        assertThat(count(LateCounter.HANDLER_FAILED)).isZero();
        assertThat(handled)
                .allSatisfy(result -> assertThat(engine.inbox()
                                .find(result.getId())
                                .orElseThrow()
                                .getFailures())
                        .isZero());
    }

    @Test
    void whatWaitedForAHandlerIsHandedOverSecondsAfterThereIsOneAndAsTheFirstAttempt() {
        withoutHandler(Runnable::run);
        for (int i = 0; i < 100; i++) {
            engine.inbox().accept("t" + i, "x");
        }
        run(Duration.ofMinutes(10), Duration.ofSeconds(5));
        handled.clear();
        List<Integer> attempts = new ArrayList<>();
        handler = (result, delivery) -> attempts.add(delivery.getAttempt());

        run(Duration.ofSeconds(6));

        assertThat(handled).extracting(LateResult::getId).hasSize(100).doesNotHaveDuplicates();
        assertThat(attempts).containsOnly(1);
        assertThat(store.counts().ready()).isZero();
    }

    @Test
    void aStoreThatIsDownIsSaidOnceAMinuteAlsoWithoutAHandler() {
        withoutHandler(Runnable::run);
        engine.inbox().accept("t1", "x");
        engine.pollOnce();
        try (CapturedLog log = new CapturedLog(StoreHealth.class.getName(), Level.INFO)) {
            database.setDown(true);
            run(Duration.ofSeconds(55));
            assertThat(log.lines()).singleElement().asString().startsWith("WARN The store of late results fails");
            database.setDown(false);
            run(Duration.ofSeconds(10));
            assertThat(log.lines()).containsExactly("WARN The store of late results works again");
        }
    }

    @Test
    void aHandlerThatFailsIsOneAndADeadLetterWaitsForNoOther() {
        withoutHandler(Runnable::run);
        engine.inbox().accept("t1", "x");
        engine.pollOnce();
        assertThat(state("t1")).isEqualTo(LateState.READY);
        handler = (result, delivery) -> {
            throw new IllegalStateException();
        };

        run(Duration.ofSeconds(6));

        assertThat(state("t1")).isEqualTo(LateState.RETRYING);
        engine.inbox().accept("t2", "x");
        engine.pollOnce();
        assertThat(state("t2")).as("at once, for there is a handler").isEqualTo(LateState.RETRYING);
    }

    @Test
    void aDeadLetterThatFindsNoHandlerKeepsItsCountAndIsDue() {
        start();
        handler = (result, delivery) -> {
            throw new IllegalStateException("mail is down");
        };
        engine.inbox().accept("t1", "x");
        engine.pollOnce();
        handler = (result, delivery) -> {
            throw new NoHandlerException("this application has none");
        };
        run(Duration.ofMinutes(30), Duration.ofSeconds(5));
        LateItem waiting = engine.inbox().find("t1").orElseThrow();
        assertThat(waiting.getState()).isEqualTo(LateState.RETRYING);
        assertThat(waiting.getFailures()).isEqualTo(1);
        assertThat(waiting.getLastError()).contains("mail is down");
        handler = (result, delivery) -> {};

        run(Duration.ofSeconds(6));

        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void aSlowHandlerThatIsFoundKeepsNoOtherItemWaiting() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        CountDownLatch open = new CountDownLatch(1);
        try {
            withoutHandler(threads);
            engine.inbox().accept("t1", "x");
            engine.inbox().accept("t2", "x");
            engine.pollOnce();
            await().until(() -> !handled.isEmpty());
            Set<String> entered = ConcurrentHashMap.newKeySet();
            handler = (result, delivery) -> {
                entered.add(result.getId());
                open.await();
            };

            await().atMost(60, TimeUnit.SECONDS).until(() -> {
                pollAfter(Duration.ofSeconds(1));
                return entered.size() == 2;
            });
        } finally {
            open.countDown();
            threads.shutdown();
            threads.awaitTermination(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void countAndAgeOfDeadLettersAreShown() {
        start();
        handler = (result, delivery) -> {
            throw new IllegalStateException();
        };
        engine.inbox().accept("t1", "x");
        engine.pollOnce();

        pollAfter(Duration.ofSeconds(90));

        assertThat(engine.metrics().getRetrying()).isEqualTo(1);
        assertThat(engine.metrics().getOldestRetryingAge()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void aHandlerThatDoesNotReturnIsInterruptedAndHasNoEffect() throws Exception {
        execute("CREATE TABLE effects (id VARCHAR(200))");
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            start(threads);
            CountDownLatch entered = new CountDownLatch(1);
            CountDownLatch never = new CountDownLatch(1);
            AtomicInteger calls = new AtomicInteger();
            handler = (result, delivery) -> {
                try (Statement statement =
                        delivery.unwrap(Connection.class).orElseThrow().createStatement()) {
                    statement.execute("INSERT INTO effects VALUES ('" + result.getId() + "')");
                    if (calls.incrementAndGet() == 1) {
                        entered.countDown();
                        try {
                            never.await();
                        } catch (InterruptedException e) {
                            // A stubborn one: it goes on, and even writes with its interrupt flag set.
                            Thread.currentThread().interrupt();
                            statement.execute("INSERT INTO effects VALUES ('late')");
                        }
                    }
                }
            };
            engine.inbox().accept("t1", "x");
            engine.pollOnce();
            assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();

            pollAfter(Duration.ofSeconds(61));

            // Recorded by a thread of its own.
            await().until(() -> state("t1") == LateState.RETRYING);
            assertThat(store.find("t1").orElseThrow().getLastError()).contains("did not return within 60 s");
            await().until(() -> {
                engine.pollOnce();
                return engine.metrics().getOverdueHandlers() == 0;
            });
            assertThat(number("SELECT COUNT(*) FROM effects")).isZero();
            clock.advance(Duration.ofMinutes(5));
            await().until(() -> {
                engine.pollOnce();
                return state("t1") == LateState.DELIVERED;
            });
            assertThat(number("SELECT COUNT(*) FROM effects")).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void eightyItemsWhoseHandlerHangsKeepAHealthyOneWaitingForASecond() {
        ExecutorService threads = Executors.newCachedThreadPool();
        CountDownLatch never = new CountDownLatch(1);
        Set<String> delivered = ConcurrentHashMap.newKeySet();
        try {
            handler = (result, delivery) -> {
                if (result.getId().startsWith("hangs")) {
                    never.await();
                }
                delivered.add(result.getId());
            };
            start(threads);
            for (int i = 0; i < 80; i++) {
                engine.inbox().accept("hangs-" + i, "x");
            }
            engine.pollOnce();
            await().until(() -> handled.size() >= 8);
            clock.advance(Duration.ofMillis(10));
            engine.inbox().accept("healthy", "x");

            // A slot that starts late on a busy machine is replaced in a later step.
            await().until(() -> {
                pollAfter(Duration.ofMillis(500));
                return delivered.contains("healthy");
            });

            assertThat(delivered).containsOnly("healthy");
        } finally {
            never.countDown();
            threads.shutdownNow();
        }
    }

    @Test
    void anItemWhoseHandlerDidNotReturnHasATurnAlsoWhileOthersAreAlwaysRetried() throws Exception {
        start();
        acceptElsewhere("hung", "x");
        for (int i = 0; i < 30; i++) {
            acceptElsewhere("failing-" + i, "x");
        }
        execute("UPDATE playtcha_late_item SET state = 'DEAD_LETTER', failures = 1, dead_since = due_at,"
                + " lane = CASE WHEN item_id = 'hung' THEN 'HUNG' ELSE 'RETRY' END");
        List<String> calls = new ArrayList<>();
        handler = (result, delivery) -> {
            calls.add(result.getId());
            clock.advance(Duration.ofMillis(2));
            // Else it would go on for ever.
            if (!calls.contains("hung") && calls.size() < 10_000) {
                throw new RetryLater(Duration.ofMillis(1), "not yet");
            }
        };

        run(Duration.ofSeconds(20));

        // 5 seconds after it was found to wait.
        assertThat(calls.indexOf("hung")).isBetween(0, 5000);
    }

    @Test
    void retriesThatIgnoreTheirInterruptDoNotStopOtherRetries() {
        ExecutorService threads = Executors.newCachedThreadPool();
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean failing = new AtomicBoolean(true);
        AtomicInteger stuck = new AtomicInteger();
        Set<String> delivered = ConcurrentHashMap.newKeySet();
        try {
            handler = (result, delivery) -> {
                if (failing.get()) {
                    throw new IllegalStateException("not yet");
                }
                if (result.getId().startsWith("stuck")) {
                    stuck.incrementAndGet();
                    awaitUninterruptibly(never);
                }
                delivered.add(result.getId());
            };
            start(threads);
            for (int i = 0; i < 4; i++) {
                engine.inbox().accept("stuck-" + i, "x");
            }
            engine.pollOnce();
            await().until(() -> engine.deadLetters().list(10).size() == 4);
            failing.set(false);
            await().until(() -> {
                pollAfter(Duration.ofSeconds(30));
                return stuck.get() == 4;
            });
            failing.set(true);
            engine.inbox().accept("later", "x");
            await().until(() -> {
                pollAfter(Duration.ofSeconds(1));
                return state("later") == LateState.RETRYING;
            });
            failing.set(false);

            await().until(() -> {
                pollAfter(Duration.ofSeconds(30));
                return delivered.contains("later");
            });
        } finally {
            never.countDown();
            threads.shutdownNow();
        }
    }

    @Test
    void aRetryDoesNotWaitForWhatItsOwnFirstCallHasLocked() throws Exception {
        hangWithTheItemLocked(rejects -> pollAfter(Duration.ofSeconds(61)));
    }

    @Test
    void aCallThatTookTooLongIsEndedOnceAThreadIsFree() throws Exception {
        hangWithTheItemLocked(rejects -> {
            rejects.set(true);
            pollAfter(Duration.ofSeconds(61));
            rejects.set(false);
            engine.pollOnce();
        });
    }

    /** The first call hangs with its item locked, until it is given up by these steps; the second one returns. */
    private void hangWithTheItemLocked(Consumer<AtomicBoolean> givesUp) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        AtomicBoolean rejects = new AtomicBoolean();
        CountDownLatch never = new CountDownLatch(1);
        try {
            start(task -> {
                if (rejects.get()) {
                    throw new RejectedExecutionException();
                }
                threads.execute(task);
            });
            CountDownLatch entered = new CountDownLatch(1);
            AtomicInteger calls = new AtomicInteger();
            handler = (result, delivery) -> {
                if (calls.incrementAndGet() == 1) {
                    Connection own = h2.getConnection();
                    own.setAutoCommit(false);
                    delivery.completeWith(own);
                    entered.countDown();
                    awaitUninterruptibly(never);
                }
            };
            engine.inbox().accept("t1", "x");
            engine.pollOnce();
            assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();

            givesUp.accept(rejects);

            await().until(() -> state("t1") == LateState.RETRYING);
            clock.advance(Duration.ofMinutes(5));
            await().until(() -> {
                engine.pollOnce();
                return state("t1") == LateState.DELIVERED;
            });
        } finally {
            never.countDown();
            threads.shutdownNow();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // A driver or a library may swallow an interrupt like this.
                continue;
            }
        }
    }

    @Test
    void aHandlerThatAsksForNoConnectionIsCalledWithoutOne() {
        start();
        handler = (result, delivery) -> database.failNext(1);
        engine.inbox().accept("t1", "x");

        engine.pollOnce();

        assertThat(handled).hasSize(1);
        run(Duration.ofSeconds(2));
        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
        assertThat(handled)
                .as("its completion is recorded again, not the handler called")
                .hasSize(1);
    }

    @Test
    void aHandlerThatFailsAlwaysIsCalledForOneItemAtATime() {
        start();
        handler = (result, delivery) -> {
            throw new IllegalStateException("no");
        };
        for (int i = 0; i < 100; i++) {
            engine.inbox().accept("t" + i, "x");
        }

        engine.pollOnce();
        assertThat(handled).hasSize(20);
        run(Duration.ofSeconds(10));
        assertThat(handled).hasSizeBetween(21, 31);

        handler = (result, delivery) -> {};
        run(Duration.ofMinutes(6));
        assertThat(store.counts().ready() + store.counts().retrying()).isZero();
    }

    @Test
    void ofTwoNodesOneHandsEachResultOver() throws Exception {
        execute("CREATE TABLE effects (id VARCHAR(200))");
        ExecutorService threads = Executors.newCachedThreadPool();
        handler = (result, delivery) -> {
            try (Statement statement =
                    delivery.unwrap(Connection.class).orElseThrow().createStatement()) {
                statement.execute("INSERT INTO effects VALUES ('" + result.getId() + "')");
            }
        };
        start(threads);
        LateEngine other = build(config(), threads).build();
        try {
            int items = 60;
            for (int i = 0; i < items; i++) {
                engine.inbox().accept("t" + i, "x");
            }
            engine.start(Duration.ofMillis(50), () -> {});
            other.start(Duration.ofMillis(50), () -> {});
            await().until(() -> {
                threads.execute(other::pollOnce);
                engine.pollOnce();
                return store.counts().ready() == 0;
            });
            assertThat(number("SELECT COUNT(*) FROM effects")).isEqualTo(items);
            assertThat(number("SELECT COUNT(DISTINCT id) FROM effects")).isEqualTo(items);
            assertThat(handled).hasSize(items);
        } finally {
            other.close();
            engine.close();
            threads.shutdownNow();
        }
    }

    @Test
    void aDatabaseThatGoesWhileTheHandlerWorksBringsTheItemBack() throws Exception {
        execute("CREATE TABLE effects (id VARCHAR(200))");
        start();
        handler = (result, delivery) -> {
            try (Statement statement =
                    delivery.unwrap(Connection.class).orElseThrow().createStatement()) {
                statement.execute("INSERT INTO effects VALUES ('x')");
            }
            database.setDown(handled.size() == 1);
        };
        engine.inbox().accept("t1", "x");
        engine.pollOnce();
        database.setDown(false);
        assertThat(number("SELECT COUNT(*) FROM effects")).isZero();

        engine.pollOnce();
        assertThat(state("t1")).isEqualTo(LateState.RETRYING);
        pollAfter(Duration.ofMinutes(5).plusSeconds(1));

        assertThat(handled).hasSize(2);
        assertThat(number("SELECT COUNT(*) FROM effects")).isEqualTo(1);
        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void anOutageOfAMomentDelaysAnItemForAMoment() {
        start();
        handler = (result, delivery) -> {
            database.setDown(handled.size() == 1);
            delivery.unwrap(Connection.class);
        };
        engine.inbox().accept("t1", "x");
        engine.pollOnce();
        database.setDown(false);

        pollAfter(Duration.ofMillis(200));

        assertThat(handled).hasSize(2);
        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void aResultThatSomeoneBrokeInTheDatabaseBecomesADeadLetter() throws Exception {
        start();
        acceptElsewhere("t1", "x");
        execute("UPDATE playtcha_late_item SET result = '{broken'");

        engine.pollOnce();

        assertThat(handled).isEmpty();
        assertThat(engine.deadLetters().list(10).get(0).getLastError()).contains("cannot be read");
        assertThat(engine.deadLetters().show("t1")).isEmpty();
    }

    @Test
    void anOperatorSeesRetriesAndDiscardsInStoreAndDirectoryAlike() {
        start();
        handler = (result, delivery) -> {
            throw new IllegalStateException("no");
        };
        engine.inbox().accept("in the store", "x");
        engine.inbox().accept("given up", "x");
        engine.pollOnce();
        database.setDown(true);
        engine.inbox().accept("in the directory", "y");
        engine.inbox().accept("given up too", "y");
        assertThat(engine.deadLetters().list(10))
                .extracting(LateItem::getId)
                .containsExactlyInAnyOrder("in the directory", "given up too");
        assertThat(engine.deadLetters().show("in the directory").orElseThrow().getCode())
                .isEqualTo("y");
        assertThat(engine.deadLetters().discard("given up too")).isTrue();
        database.setDown(false);

        assertThat(engine.deadLetters().list(10))
                .extracting(LateItem::getId)
                .containsExactlyInAnyOrder("in the directory", "in the store", "given up");
        assertThat(engine.deadLetters().show("in the store").orElseThrow().getCode())
                .isEqualTo("x");
        assertThat(engine.deadLetters().discard("given up")).isTrue();
        assertThat(engine.deadLetters().discard("nothing")).isFalse();
        handled.clear();
        handler = (result, delivery) -> {};
        assertThat(engine.deadLetters().retry("in the store")).isTrue();
        assertThat(engine.deadLetters().retry("in the directory")).isTrue();
        assertThat(engine.deadLetters().retry("nothing")).isFalse();
        engine.pollOnce();

        assertThat(handled).extracting(LateResult::getId).containsExactlyInAnyOrder("in the store", "in the directory");
        assertThat(state("given up")).isEqualTo(LateState.DISCARDED);
        assertThat(engine.deadLetters().list(10)).isEmpty();
    }

    @Test
    @Timeout(120)
    void retryingAllEndsAlthoughTheHandlerFailsAgainBetweenItsBatches() {
        LateStore real = store;
        store = (LateStore) Proxy.newProxyInstance(
                LateStore.class.getClassLoader(), new Class<?>[] {LateStore.class}, (proxy, method, arguments) -> {
                    Object returned = method.invoke(real, arguments);
                    if (method.getName().equals("retry")) {
                        engine.pollOnce();
                    }
                    return returned;
                });
        handler = (result, delivery) -> {
            throw new IllegalStateException("still wrong");
        };
        start();
        engine.inbox().accept("task-1", "x");
        engine.pollOnce();

        assertThat(engine.deadLetters().retryAll()).isEqualTo(1);

        assertThat(handled).hasSize(2);
    }

    @Test
    void whatIsDeliveredWhileItIsDiscardedInBulkIsNotPublishedAsDiscarded() {
        LateStore real = store;
        store = (LateStore) Proxy.newProxyInstance(
                LateStore.class.getClassLoader(), new Class<?>[] {LateStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("discard")) {
                        real.retry(List.of("t2"), clock.instant());
                        engine.pollOnce();
                    }
                    return method.invoke(real, arguments);
                });
        handler = (result, delivery) -> {
            if (handled.size() < 3) {
                throw new IllegalStateException("wrong at first");
            }
        };
        start();
        engine.inbox().accept("t1", "x");
        engine.inbox().accept("t2", "x");
        engine.pollOnce();
        List<String> ends = new ArrayList<>();
        listeners.add((id, kind, from, to, outcome) -> ends.add(id + " " + to));

        assertThat(engine.deadLetters().discardAll(DeadLetterFilter.all().errorContaining("wrong")))
                .isEqualTo(1);

        assertThat(state("t2")).isEqualTo(LateState.DELIVERED);
        assertThat(ends).containsExactlyInAnyOrder("t2 DELIVERED", "t1 DISCARDED");
    }

    @Test
    void closingInTheMiddleOfWorkEndsEveryThreadAndLosesNothing() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        handler = (result, delivery) -> {
            entered.countDown();
            never.await();
        };
        engine = build(config(), null).spool(spool).build();
        engine.start(Duration.ofMillis(20), () -> {});
        for (int i = 0; i < 30; i++) {
            engine.inbox().accept("t" + i, "x");
        }
        assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();

        engine.close(Duration.ofMillis(100));

        await().untilAsserted(() -> assertThat(threads()).isEmpty());
        handled.clear();
        handler = (result, delivery) -> {};
        // Past the leases that could not be given back any more, and the pause after a call that was cut off.
        clock.advance(Duration.ofMinutes(6));
        start();
        engine.pollOnce();
        assertThat(handled).extracting(LateResult::getId).hasSize(30).doesNotHaveDuplicates();
    }

    @Test
    void aRunnerWorksByItself() {
        engine = build(config(), null).spool(spool).build();
        engine.start(Duration.ofMinutes(10), () -> {});
        for (int i = 0; i < 100; i++) {
            engine.inbox().accept("t" + i, "x");
        }

        await().until(() -> handled.size() == 100 && store.counts().ready() == 0);
        engine.close();

        assertThat(handled).extracting(LateResult::getId).doesNotHaveDuplicates();
        await().untilAsserted(() -> assertThat(threads()).isEmpty());
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("playtcha-late-"))
                .toList();
    }

    @Test
    void whatHasEndedIsForgottenAfterAWeek() {
        start();
        engine.inbox().accept("t1", "x");
        engine.pollOnce();

        pollAfter(Duration.ofDays(7).minusMinutes(1));
        assertThat(store.find("t1")).isPresent();
        pollAfter(Duration.ofMinutes(2));

        assertThat(store.find("t1")).isEmpty();
    }
}
