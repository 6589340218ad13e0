package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server whose executors take work and never begin it. */
class ForgetfulServerTest extends EngineFixture {
    private static final Duration PATIENCE = Duration.ofMillis(200);

    private final List<Runnable> forgotten = new ArrayList<>();
    private final List<ScheduledThreadPoolExecutor> schedulers = new ArrayList<>();
    private boolean forgets = true;
    private int taken;

    @AfterEach
    void endSchedulers() {
        schedulers.forEach(ScheduledThreadPoolExecutor::shutdownNow);
    }

    private final Executor executor = work -> {
        taken++;
        if (forgets) {
            forgotten.add(work);
        } else {
            work.run();
        }
    };

    /** With one place only, so that one that is lost is missed. */
    private void startWithOnePlace() {
        LateConfig.Builder config = config().handling(1, Duration.ofSeconds(30), Duration.ofMinutes(3));
        engine = build(config, executor).letters(letters).poller(poller()).build();
        prepare(engine);
    }

    @Test
    void aResultThatWasToBeHandedOverIsHandedOverLater() {
        startWithOnePlace();
        engine.inbox().accept("t1", "x");
        engine.pollOnce();
        forgets = false;
        pollAfter(Duration.ofSeconds(29));
        assertThat(handled).isEmpty();

        try (CapturedLog log = new CapturedLog(Bulkhead.class.getName(), Level.INFO)) {
            pollAfter(Duration.ofSeconds(1));
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN The executor took work of late results and did not begin it within 30 s");
        }

        assertThat(handled).hasSize(1);
        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
        engine.inbox().accept("t2", "x");
        engine.pollOnce();
        assertThat(state("t2")).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void whatIsBegunAfterAllDoesNothing() {
        startWithOnePlace();
        engine.inbox().accept("t1", "x");
        engine.pollOnce();
        forgets = false;
        pollAfter(Duration.ofSeconds(30));

        forgotten.forEach(Runnable::run);

        assertThat(handled).hasSize(1);
        // Nor is there a second place now.
        forgets = true;
        forgotten.clear();
        engine.inbox().accept("t2", "x");
        engine.inbox().accept("t3", "x");
        engine.pollOnce();
        assertThat(forgotten).hasSize(1);
    }

    @Test
    void aQuestionThatWasForgottenIsAsked() {
        startWithOnePlace();
        String pass = track("ok", false);
        run(Duration.ofSeconds(15));
        assertThat(forgotten).isNotEmpty();
        assertThat(asked).isEmpty();
        forgets = false;

        run(Duration.ofSeconds(45));

        assertThat(asked).isNotEmpty();
        assertThat(state(pass)).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void anExecutorThatIsMerelySlowIsGivenLessAndLess() {
        startWithOnePlace();
        engine.inbox().accept("t1", "x");
        engine.pollOnce();
        pollAfter(Duration.ofSeconds(30));
        assertThat(taken).isEqualTo(2);
        pollAfter(Duration.ofSeconds(30));
        assertThat(taken).isEqualTo(2);
        pollAfter(Duration.ofSeconds(30));
        assertThat(taken).isEqualTo(3);
        pollAfter(Duration.ofSeconds(90));
        assertThat(taken).isEqualTo(3);
        pollAfter(Duration.ofSeconds(30));
        assertThat(taken).isEqualTo(4);
    }

    @Test
    @Timeout(60)
    void closingWaitsForNothingThatWasForgottenAndLetsItGo() {
        startWithOnePlace();
        engine.inbox().accept("t1", "x");
        engine.pollOnce();
        assertThat(forgotten).hasSize(1);

        engine.close(Duration.ofHours(1));
        forgotten.forEach(Runnable::run);
        assertThat(handled).isEmpty();

        start();
        engine.pollOnce();
        assertThat(handled).hasSize(1);
    }

    @Test
    @Timeout(60)
    void anItemThatCannotBeGivenBackDoesNotKeepTheEndFromComing() {
        startWithOnePlace();
        engine.inbox().accept("t1", "x");
        engine.pollOnce();
        assertThat(forgotten).hasSize(1);
        database.throwInstead(new IllegalStateException("the pool is gone"));

        try (CapturedLog log = new CapturedLog(Bulkhead.class.getName(), Level.INFO)) {
            engine.close(Duration.ofHours(1));
            assertThat(log.lines()).singleElement().asString().startsWith("ERROR An item of late results");
        } finally {
            database.throwInstead(null);
        }
        clock.advance(Duration.ofMinutes(3).plusSeconds(1));
        start();
        engine.pollOnce();
        assertThat(handled).hasSize(1);
    }

    private ScheduledThreadPoolExecutor scheduler(AtomicBoolean forgets) {
        return scheduler(forgets, () -> {});
    }

    private ScheduledThreadPoolExecutor scheduler(AtomicBoolean forgets, Runnable whenAsked) {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1) {
            @Override
            public ScheduledFuture<?> scheduleWithFixedDelay(
                    Runnable work, long initialDelay, long delay, TimeUnit unit) {
                whenAsked.run();
                return super.scheduleWithFixedDelay(work, initialDelay, delay, unit);
            }

            @Override
            protected void beforeExecute(Thread thread, Runnable work) {
                if (forgets.get()) {
                    throw new IllegalStateException("forgotten");
                }
            }
        };
        scheduler.setThreadFactory(work -> {
            Thread thread = new Thread(work, "scheduler");
            thread.setUncaughtExceptionHandler((ended, why) -> {});
            return thread;
        });
        schedulers.add(scheduler);
        return scheduler;
    }

    @Test
    void aThreadOfItsOwnStandsInForASchedulerThatForgets() throws Exception {
        List<String> looks = new CopyOnWriteArrayList<>();
        ManagedTicks ticks = new ManagedTicks(scheduler(new AtomicBoolean(true)), null, PATIENCE);
        try (CapturedLog log = new CapturedLog(ManagedTicks.class.getName(), Level.INFO)) {
            ticks.start(
                    Duration.ofMillis(50),
                    early -> looks.add(Thread.currentThread().getName()));

            await().until(() -> looks.size() >= 3);

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN The server's scheduler does not call late results any more");
        }
        assertThat(looks).allMatch(name -> name.startsWith("playtcha-late-tick-"));
        ticks.stop();
        assertThat(ticks.awaitEnd(Duration.ofMinutes(1))).isTrue();
    }

    @Test
    void theSchedulerIsAskedAnewWithTheContextOfTheStart() throws Exception {
        ThreadLocal<String> context = new ThreadLocal<>();
        Executor ofTheStart = work -> {
            context.set("of the start");
            try {
                work.run();
            } finally {
                context.remove();
            }
        };
        AtomicBoolean forgetful = new AtomicBoolean(true);
        List<String> asked = new CopyOnWriteArrayList<>();
        ScheduledThreadPoolExecutor scheduler = scheduler(forgetful, () -> asked.add(String.valueOf(context.get())));
        List<String> looks = new CopyOnWriteArrayList<>();
        ManagedTicks ticks = new ManagedTicks(scheduler, ofTheStart, PATIENCE);

        ticks.start(
                Duration.ofMillis(50), early -> looks.add(Thread.currentThread().getName() + ", " + context.get()));
        await().until(() -> looks.stream().anyMatch(look -> look.matches("playtcha-late-tick-\\d+, of the start")));
        assertThat(looks).noneMatch(look -> look.startsWith("scheduler"));
        forgetful.set(false);
        await().until(() -> looks.contains("scheduler, null"));

        assertThat(asked.get(0)).isEqualTo("null");
        assertThat(asked.subList(1, asked.size())).isNotEmpty().containsOnly("of the start");
        ticks.stop();
        assertThat(ticks.awaitEnd(Duration.ofMinutes(1))).isTrue();
    }

    @Test
    void theStandInIsWokenAsWell() throws Exception {
        List<Boolean> early = new CopyOnWriteArrayList<>();
        ManagedTicks ticks = new ManagedTicks(scheduler(new AtomicBoolean(true)), null, PATIENCE);
        ticks.start(Duration.ofMillis(50), early::add);
        await().until(() -> !early.isEmpty());

        await().until(() -> {
            ticks.wake();
            return early.contains(true);
        });

        ticks.stop();
        assertThat(ticks.awaitEnd(Duration.ofMinutes(1))).isTrue();
    }

    @Test
    void theSchedulerTakesOverAgainWhenItIsBack() throws Exception {
        List<String> looks = new CopyOnWriteArrayList<>();
        ScheduledThreadPoolExecutor scheduler = scheduler(new AtomicBoolean());
        CountDownLatch busy = new CountDownLatch(1);
        scheduler.execute(() -> {
            try {
                busy.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        ManagedTicks ticks = new ManagedTicks(scheduler, null, PATIENCE);
        try (CapturedLog log = new CapturedLog(ManagedTicks.class.getName(), Level.INFO)) {
            ticks.start(
                    Duration.ofMillis(50),
                    early -> looks.add(Thread.currentThread().getName()));
            await().until(() -> !looks.isEmpty());
            busy.countDown();
            await().until(() -> looks.contains("scheduler"));

            assertThat(log.lines())
                    .startsWith(
                            "WARN The server's scheduler does not call late results any more: it is asked anew",
                            "WARN The server's scheduler calls late results again");
        }
        ticks.stop();
        assertThat(ticks.awaitEnd(Duration.ofMinutes(1))).isTrue();
    }
}
