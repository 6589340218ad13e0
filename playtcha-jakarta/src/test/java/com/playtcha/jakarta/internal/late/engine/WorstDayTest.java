package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.gate.VerdictClient;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whatever handlers, listeners, executors and pools do, nothing gets stuck and nothing is lost. */
class WorstDayTest extends EngineFixture {

    @Test
    void aPoolThatThrowsWhatItShouldNotStopsNoCycle() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        try {
            start(threads);
            handler = (result, delivery) -> {
                entered.countDown();
                leave.await();
            };
            engine.inbox().accept("t1", "x");
            engine.pollOnce();
            assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
            database.throwInstead(new IllegalStateException("pool is closed"));
            clock.advance(Duration.ofSeconds(61));

            assertThatCode(() -> engine.pollOnce()).doesNotThrowAnyException();
        } finally {
            database.throwInstead(null);
            leave.countDown();
            threads.shutdownNow();
        }
    }

    @Test
    void anEngineIsClosedAlsoWhileTheStoreHangs() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        CountDownLatch entered = new CountDownLatch(2);
        CountDownLatch leave = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        try {
            engine =
                    build(config().storeTimeout(Duration.ofSeconds(1)), threads).build();
            handler = (result, delivery) -> {
                entered.countDown();
                leave.await();
            };
            for (String id : List.of("t1", "t2")) {
                engine.inbox().accept(id, "x");
            }
            engine.pollOnce();
            assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
            database.hangUntil(open);
            leave.countDown();

            threads.submit(() -> engine.close(Duration.ofMillis(100))).get(60, TimeUnit.SECONDS);

            assertThat(open.getCount()).isEqualTo(1);
        } finally {
            leave.countDown();
            open.countDown();
            threads.shutdown();
        }
        // What hung goes on now, and must not open the database again after the test.
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("playtcha-late-store")));
    }

    @Test
    void aStoreThatHangsIsInTheLogUntilItAnswers() {
        spool = spool(1);
        engine = build(config().storeTimeout(Duration.ofSeconds(1)), null)
                .spool(spool)
                .build();
        CountDownLatch open = new CountDownLatch(1);
        try (CapturedLog log = new CapturedLog(LateEngine.class.getPackageName(), Level.WARN)) {
            engine.openStore();
            database.hangUntil(open);
            LateResult late = LateResult.of("t1", LateKind.TASK, LateOutcome.COMPLETED, clock.instant())
                    .build();
            spool.put(new Arrival.Result(late), "down");
            engine.start(Duration.ofMillis(10), () -> {});

            await().until(() -> {
                clock.advance(Duration.ofSeconds(10));
                return log.everything().contains("nothing is processed until it works: There was no answer within")
                        && log.everything().contains("The store does not take the spooled results: files=1");
            });
            assertThat(engine.canKeepResults()).isFalse();
            open.countDown();

            await().until(() ->
                    handled.size() == 1 && log.everything().contains("The store of late results works again"));
            assertThat(engine.canKeepResults()).isTrue();
        } finally {
            open.countDown();
        }
    }

    @Test
    void aRunnerGoesOnWhateverACycleThrows() {
        AtomicBoolean broken = new AtomicBoolean();
        AtomicInteger looks = new AtomicInteger();
        Clock moody = new Clock() {
            @Override
            public java.time.ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                if (broken.get()) {
                    looks.incrementAndGet();
                    throw new NoClassDefFoundError("gone with the application");
                }
                return clock.instant();
            }
        };
        LateEngine moodyEngine = LateEngineBuilder.of(
                        config(), store, (result, delivery) -> handled.add(result), moody, null)
                .build();
        try {
            broken.set(true);
            moodyEngine.start(Duration.ofMillis(5), () -> {});
            await().until(() -> looks.get() > 3);
            broken.set(false);
            moodyEngine.inbox().accept("t1", "x");

            await().until(() -> handled.size() == 1);
        } finally {
            broken.set(false);
            moodyEngine.close();
        }
    }

    @Test
    void aListenerThatThrowsAnErrorChangesNothing() {
        start();
        LateListener bad = (id, kind, from, to, outcome) -> {
            throw new NoClassDefFoundError("metrics");
        };
        listeners.add(bad);

        try (CapturedLog log = new CapturedLog(EngineContext.class.getName(), Level.WARN)) {
            assertThat(engine.inbox().accept("t1", "x")).isEqualTo(AcceptResult.STORED);
            engine.pollOnce();

            assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
            assertThat(log.lines()).as("of several failures").hasSize(1);
        }
    }

    @Test
    void anExecutorWithoutThreadsLeftKeepsNoPlace() {
        AtomicInteger refused = new AtomicInteger();
        Executor executor = work -> {
            if (refused.incrementAndGet() <= 40) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            work.run();
        };
        start(executor);
        track("token", false);
        for (int i = 0; i < 20; i++) {
            engine.inbox().accept("t" + i, "x");
        }

        run(Duration.ofSeconds(60));

        assertThat(handled).hasSize(21);
    }

    @Test
    void anExecutorThatRefusesIsNotAskedAgainAndAgain() {
        AtomicInteger refused = new AtomicInteger();
        start(work -> {
            refused.incrementAndGet();
            throw new RejectedExecutionException();
        });
        for (int i = 0; i < 20; i++) {
            engine.inbox().accept("t" + i, "x");
            track("token-" + i, false);
        }

        pollAfter(Duration.ofSeconds(20));

        assertThat(refused.get()).isBetween(2, 30);
    }

    @Test
    void anExceptionThatCannotEvenSayWhatItIsMakesADeadLetter() {
        start();
        handler = (result, delivery) -> {
            throw new IllegalStateException() {
                private static final long serialVersionUID = 1L;

                @Override
                public String getMessage() {
                    throw new UnsupportedOperationException("lazy");
                }
            };
        };
        engine.inbox().accept("t1", "x");

        engine.pollOnce();

        assertThat(state("t1")).isEqualTo(LateState.RETRYING);
    }

    @Test
    void anInterruptFlagThatAHandlerLeavesDoesNotKeepItsFailureFromBeingRecorded() {
        start();
        handler = (result, delivery) -> {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("was interrupted");
        };
        engine.inbox().accept("t1", "x");

        engine.pollOnce();

        assertThat(Thread.interrupted()).isFalse();
        assertThat(state("t1")).isEqualTo(LateState.RETRYING);
    }

    @Test
    void aHandlerThatGotNoConnectionHasNotFailed() {
        start();
        handler = (result, delivery) -> {
            database.failNext(handled.size() == 1 ? 1 : 0);
            delivery.unwrap(Connection.class);
        };
        engine.inbox().accept("t1", "x");

        engine.pollOnce();

        assertThat(handled).hasSize(1);
        assertThat(store.find("t1").orElseThrow().getFailures()).isZero();
        assertThat(state("t1")).isEqualTo(LateState.READY);
        run(Duration.ofSeconds(2));
        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void whatWaitedInTheExecutorForTooLongIsNotHandedOverOnAnOldLease() throws Exception {
        Queue<Runnable> waiting = new ArrayDeque<>();
        start(waiting::add);
        engine.inbox().accept("t1", "x");
        track("token", false);
        pollAfter(Duration.ofSeconds(10));
        assertThat(waiting).hasSizeGreaterThan(1);

        clock.advance(Duration.ofMinutes(2).plusSeconds(1));
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }

        assertThat(handled).isEmpty();
        assertThat(verdictPolls).isEmpty();
        engine.pollOnce();
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
        assertThat(handled).extracting(LateResult::getId).containsExactly("t1");
        assertThat(verdictPolls).containsExactly("token");
    }

    @Test
    void aGuardWhoseQuestionsHangKeepsNoOthersWaiting() {
        ExecutorService threads = Executors.newCachedThreadPool();
        CountDownLatch open = new CountDownLatch(1);
        try {
            engine = build(config(), threads).build();
            for (String slow : List.of("a", "b", "c")) {
                engine.addVerdictClient(slow, token -> {
                    try {
                        open.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return ok(true);
                });
                for (int i = 0; i < 20; i++) {
                    engine.inbox().track(slow, slow, "token-" + i, Duration.ZERO, false);
                }
            }
            engine.addVerdictClient("quick", token -> ok(true));
            String id = engine.inbox()
                    .track("quick", "quick", "token", Duration.ZERO, false)
                    .id();
            clock.advance(Duration.ofSeconds(20));
            engine.pollOnce();

            await().until(() -> {
                engine.pollOnce();
                return handled.size() == 1;
            });
            assertThat(handled).extracting(LateResult::getId).containsExactly(id);
        } finally {
            open.countDown();
            engine.close();
            threads.shutdownNow();
        }
    }

    @Test
    void aGuardWithABugKeepsNoOthersWaiting() {
        start();
        for (String bad : List.of("a", "b", "z")) {
            engine.addVerdictClient(bad, new VerdictClient() {
                @Override
                public com.playtcha.jakarta.internal.gate.CallResult callForLateVerdict(String token) {
                    return ok(true);
                }

                @Override
                public Duration holdOff() {
                    throw new IllegalStateException("a bug");
                }
            });
        }
        track("token", false);

        run(Duration.ofSeconds(20));

        assertThat(handled).hasSize(1);
    }

    @Test
    void aRowThatThisVersionDoesNotUnderstandKeepsNoOthersWaiting() throws Exception {
        start();
        for (int i = 0; i < 40; i++) {
            acceptElsewhere("bad" + i, "x");
        }
        execute("UPDATE playtcha_late_item SET kind = 'NEWER', state = 'DEAD_LETTER'");
        clock.advance(Duration.ofSeconds(1));
        engine.inbox().accept("good", "x");

        for (int i = 0; i < 5; i++) {
            engine.pollOnce();
        }

        assertThat(handled).extracting(LateResult::getId).containsExactly("good");
        assertThat(engine.deadLetters().list(100)).isEmpty();
    }

    @Test
    void deadLettersComeBackAfterFiveMinutesDoublingToAnHour() {
        start();
        handler = (result, delivery) -> {
            throw new IllegalStateException("no");
        };
        engine.inbox().accept("t1", "x");
        List<Duration> pauses = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            engine.pollOnce();
            Duration pause = Duration.between(
                    clock.instant(), store.find("t1").orElseThrow().getDueAt());
            pauses.add(pause);
            clock.advance(pause);
        }

        assertThat(pauses).extracting(Duration::toMinutes).containsExactly(5L, 10L, 20L, 40L, 60L, 60L);
    }

    @Test
    void aDiscardedDeadLetterIsTold() {
        start();
        handler = (result, delivery) -> {
            throw new IllegalStateException("no");
        };
        engine.inbox().accept("t1", "x");
        engine.pollOnce();
        database.setDown(true);
        engine.inbox().accept("t2", "x");
        database.setDown(false);

        assertThat(engine.deadLetters().discard("t1")).isTrue();
        assertThat(engine.deadLetters().discard("t2")).isTrue();

        assertThat(transitions.subList(3, 5)).containsExactly("RETRYING>DISCARDED", "READY>DISCARDED");
    }

    @Test
    void aClockThatIsSetBackKeepsNothingWaiting() {
        CountDownLatch open = new CountDownLatch(1);
        engine = build(config().storeTimeout(Duration.ofSeconds(1)), Runnable::run)
                .spool(spool)
                .build();
        prepare(engine);
        store.counts();
        playtcha = token -> reply(429, Duration.ofMinutes(4), null);
        track("token-1", false);
        run(Duration.ofSeconds(10));
        assertThat(verdictPolls).hasSize(1);
        playtcha = token -> ok(true);
        database.hangUntil(open);
        assertThat(engine.inbox().accept("t1", "x")).isEqualTo(AcceptResult.SPOOLED);
        open.countDown();

        clock.jump(Duration.ofHours(-1));

        await().atMost(Duration.ofMinutes(2)).until(() -> {
            // Where the store was slow for the test's limit, it is held for a while by this clock.
            pollAfter(Duration.ofSeconds(1));
            AcceptResult receipt = engine.inbox().accept("t2", "x");
            return receipt == AcceptResult.STORED || receipt == AcceptResult.DUPLICATE;
        });
        run(Duration.ofMinutes(4));
        track("token-2", false);
        run(Duration.ofSeconds(10));
        assertThat(verdictPolls).contains("token-2");
    }

    @Test
    void anItemIsListedByAsManyAsAreWanted() {
        start();
        database.setDown(true);
        engine.inbox().accept("t1", "x");

        assertThat(engine.deadLetters().list(0)).isEmpty();
        assertThat(engine.deadLetters().list(-1)).isEmpty();
        assertThat(engine.deadLetters().list(1)).extracting(LateItem::getId).containsExactly("t1");
    }
}
