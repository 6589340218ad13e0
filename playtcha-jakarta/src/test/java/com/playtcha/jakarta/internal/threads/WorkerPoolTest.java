package com.playtcha.jakarta.internal.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads for work. */
class WorkerPoolTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final CountDownLatch gate = new CountDownLatch(1);
    private final List<WorkerPool> pools = new ArrayList<>();

    @AfterEach
    void end() {
        gate.countDown();
        pools.forEach(WorkerPool::stopNow);
        assertThat(pools)
                .allSatisfy(
                        pool -> assertThat(pool.awaitEnd(Duration.ofMinutes(1))).isZero());
    }

    private WorkerPool pool(int most, int room, Duration idle) {
        WorkerPool pool =
                new WorkerPool(new DaemonThreads("test", WorkerPoolTest.class.getClassLoader()), most, room, idle);
        pools.add(pool);
        return pool;
    }

    private void hold() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread threadOf(WorkerPool pool) throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        pool.execute(() -> thread.complete(Thread.currentThread()));
        return thread.get(1, TimeUnit.MINUTES);
    }

    private static void awaitIdle(Thread thread) {
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    }

    @Test
    void anIdleThreadIsUsedAgain() throws Exception {
        WorkerPool pool = pool(10, 0, LONG);
        Thread first = threadOf(pool);
        awaitIdle(first);

        assertThat(threadOf(pool)).isSameAs(first);
    }

    @Test
    void aThreadThatIsIdleForLongEnds() throws Exception {
        WorkerPool pool = pool(1, 0, Duration.ofMillis(1));
        Thread first = threadOf(pool);

        await().until(() -> !first.isAlive());

        assertThat(threadOf(pool)).isNotSameAs(first);
    }

    @Test
    void noMoreThreadsAndNoMoreWaitThanAllowed() {
        WorkerPool pool = pool(2, 1, LONG);
        AtomicInteger run = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            assertThat(pool.tryExecute(() -> {
                        hold();
                        run.incrementAndGet();
                    }))
                    .isTrue();
        }

        assertThat(pool.tryExecute(run::incrementAndGet)).isFalse();
        assertThatThrownBy(() -> pool.execute(run::incrementAndGet))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("2 threads");

        gate.countDown();
        await().until(() -> run.get() == 3);
    }

    /** With threads that hardly wait, and with threads that always do. */
    @ParameterizedTest
    @ValueSource(longs = {1, 1_000, 60_000_000_000L})
    void whatIsTakenIsRunOnceWhoeverBringsIt(long idleNanos) throws Exception {
        WorkerPool pool = pool(3, 50, Duration.ofNanos(idleNanos));
        Set<Integer> taken = ConcurrentHashMap.newKeySet();
        Set<Integer> run = ConcurrentHashMap.newKeySet();
        AtomicInteger twice = new AtomicInteger();
        List<Thread> bringers = new ArrayList<>();
        for (int b = 0; b < 4; b++) {
            int from = b * 5_000;
            Thread bringer = new Thread(() -> {
                for (int i = from; i < from + 5_000; i++) {
                    int number = i;
                    if (pool.tryExecute(() -> {
                        if (!run.add(number)) {
                            twice.incrementAndGet();
                        }
                    })) {
                        taken.add(number);
                    }
                }
            });
            bringer.start();
            bringers.add(bringer);
        }
        for (Thread bringer : bringers) {
            bringer.join();
        }
        pool.stop();

        assertThat(pool.awaitEnd(Duration.ofMinutes(1))).isZero();
        assertThat(taken).isNotEmpty();
        assertThat(run).isEqualTo(taken);
        assertThat(twice).hasValue(0);
    }

    @Test
    void afterTheStopWhatWasTakenIsDoneAndNothingElse() throws Exception {
        WorkerPool pool = pool(1, 1, LONG);
        AtomicInteger run = new AtomicInteger();
        pool.execute(() -> {
            hold();
            run.incrementAndGet();
        });
        pool.execute(run::incrementAndGet);

        pool.stop();

        assertThat(pool.tryExecute(run::incrementAndGet)).isFalse();
        assertThat(pool.awaitEnd(Duration.ZERO)).isEqualTo(1);
        gate.countDown();
        assertThat(pool.awaitEnd(Duration.ofMinutes(1))).isZero();
        assertThat(run).hasValue(2);
    }

    @Test
    void anIdleThreadEndsWithTheStop() throws Exception {
        WorkerPool pool = pool(1, 0, LONG);
        awaitIdle(threadOf(pool));

        pool.stop();

        assertThat(pool.awaitEnd(Duration.ofMinutes(1))).isZero();
    }

    @Test
    void theHardStopInterruptsWhatIsUnderWayAndDoesNotBeginWhatWaits() throws Exception {
        WorkerPool pool = pool(1, 1, LONG);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        AtomicInteger run = new AtomicInteger();
        pool.execute(() -> {
            begun.countDown();
            hold();
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        pool.execute(run::incrementAndGet);
        begun.await();

        pool.stopNow();

        assertThat(pool.awaitEnd(Duration.ofMinutes(1))).isZero();
        assertThat(interrupted).isCompletedWithValue(true);
        assertThat(run).hasValue(0);
    }

    @Test
    void whatWorkLeavesOnItsThreadIsNotTheNextOnes() throws Exception {
        WorkerPool pool = pool(1, 1, LONG);
        pool.execute(() -> {
            Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
            Thread.currentThread().interrupt();
        });
        CompletableFuture<String> seen = new CompletableFuture<>();
        pool.execute(() -> seen.complete(Thread.currentThread().isInterrupted()
                + " "
                + (Thread.currentThread().getContextClassLoader() == WorkerPoolTest.class.getClassLoader())));

        assertThat(seen.get(1, TimeUnit.MINUTES)).isEqualTo("false true");
    }

    @Test
    void anInterruptOfAnIdleThreadEndsNothing() throws Exception {
        WorkerPool pool = pool(1, 0, LONG);
        Thread thread = threadOf(pool);
        awaitIdle(thread);

        thread.interrupt();

        await().until(() -> !thread.isInterrupted());
        awaitIdle(thread);
        assertThat(threadOf(pool)).isSameAs(thread);
    }

    @Test
    void workThatThrowsCostsNoThread() throws Exception {
        WorkerPool pool = pool(1, 1, LONG);
        CompletableFuture<Thread> failed = new CompletableFuture<>();
        pool.execute(() -> {
            failed.complete(Thread.currentThread());
            throw new AssertionError("of the test's");
        });
        awaitIdle(failed.get(1, TimeUnit.MINUTES));

        assertThat(threadOf(pool)).isSameAs(failed.get());
    }

    @Test
    void threadsTakeNothingOverFromWhoStartsThem() throws Exception {
        InheritableThreadLocal<String> visitor = new InheritableThreadLocal<>();
        visitor.set("another one");
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        CompletableFuture<String> seen = new CompletableFuture<>();
        try {
            Thread.currentThread().setContextClassLoader(null);
            pool(1, 0, LONG).execute(() -> {
                ClassLoader context = Thread.currentThread().getContextClassLoader();
                seen.complete(visitor.get() + " " + (context == WorkerPoolTest.class.getClassLoader()) + " "
                        + Thread.currentThread().isDaemon());
            });
        } finally {
            Thread.currentThread().setContextClassLoader(before);
            visitor.remove();
        }

        assertThat(seen.get(1, TimeUnit.MINUTES)).isEqualTo("null true true");
    }

    @Test
    void aThreadOfItsOwnThatStopsItDoesNotWaitForItself() throws Exception {
        WorkerPool pool = pool(1, 0, LONG);
        CompletableFuture<Integer> left = new CompletableFuture<>();

        pool.execute(() -> {
            pool.stop();
            left.complete(pool.awaitEnd(Duration.ofMinutes(1)));
        });

        assertThat(left.get(1, TimeUnit.MINUTES)).isZero();
    }

    @Test
    void waitingForTheEndKeepsAnInterruptForLater() throws Exception {
        WorkerPool pool = pool(1, 0, LONG);
        CountDownLatch begun = new CountDownLatch(1);
        pool.execute(() -> {
            begun.countDown();
            hold();
        });
        begun.await();
        pool.stop();

        Thread.currentThread().interrupt();
        gate.countDown();

        assertThat(pool.awaitEnd(Duration.ofMinutes(1))).isZero();
        assertThat(Thread.interrupted()).isTrue();
    }
}
