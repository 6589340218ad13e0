package com.playtcha.jakarta.internal.late.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupFlushTest {
    private final List<Thread> started = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work);
        started.add(thread);
        return thread;
    });
    private final AtomicInteger flushes = new AtomicInteger();
    private final CountDownLatch firstBegan = new CountDownLatch(1);
    private final CountDownLatch firstMayEnd = new CountDownLatch(1);
    private volatile boolean fails;

    private final GroupFlush group = new GroupFlush(() -> {
        if (flushes.incrementAndGet() == 1) {
            firstBegan.countDown();
            awaitLatch(firstMayEnd);
        } else if (fails) {
            throw new SQLException("disk full", "58030");
        }
    });

    @AfterEach
    void stop() {
        firstMayEnd.countDown();
        threads.shutdownNow();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long blocked(List<Thread> threads) {
        return threads.stream()
                .filter(thread -> thread.getState() == Thread.State.BLOCKED)
                .count();
    }

    private Future<?> caller() {
        return threads.submit(() -> {
            group.await();
            return null;
        });
    }

    private List<Future<?>> callersWhileTheFirstFlushes(int count) throws Exception {
        List<Future<?>> callers = new ArrayList<>();
        callers.add(caller());
        firstBegan.await();
        for (int i = 0; i < count; i++) {
            callers.add(caller());
        }
        await().until(() -> blocked(started) == count);
        return callers;
    }

    @Test
    void thoseWhoComeDuringAFlushShareTheNextOne() throws Exception {
        List<Future<?>> callers = callersWhileTheFirstFlushes(10);
        assertThat(callers).noneMatch(Future::isDone);
        assertThat(flushes).hasValue(1);

        firstMayEnd.countDown();
        for (Future<?> caller : callers) {
            caller.get();
        }

        assertThat(flushes).hasValue(2);
    }

    @Test
    void aFlushThatFailsServesNobody() throws Exception {
        List<Future<?>> callers = callersWhileTheFirstFlushes(5);
        fails = true;
        firstMayEnd.countDown();

        callers.remove(0).get();
        for (Future<?> caller : callers) {
            assertThatThrownBy(caller::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(SQLException.class);
        }
        fails = false;
        group.await();
        assertThat(flushes).hasValue(7);
    }

    @Test
    void nobodyReturnsBeforeAFlushThatBeganAfterItsCommit() throws Exception {
        AtomicLong committed = new AtomicLong();
        AtomicLong written = new AtomicLong();
        AtomicBoolean early = new AtomicBoolean();
        GroupFlush busy = new GroupFlush(() -> {
            long seen = committed.get();
            Thread.yield();
            written.accumulateAndGet(seen, Math::max);
        });
        List<Future<?>> callers = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            callers.add(threads.submit(() -> {
                for (int i = 0; i < 2000; i++) {
                    long mine = committed.incrementAndGet();
                    busy.await();
                    if (written.get() < mine) {
                        early.set(true);
                    }
                }
                return null;
            }));
        }
        for (Future<?> caller : callers) {
            caller.get();
        }

        assertThat(early).isFalse();
        assertThat(written).hasValue(16_000);
    }

    @Test
    void whoIsInterruptedWhileWaitingStillWaits() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        callersWhileTheFirstFlushes(0);
        Thread thread = new Thread(() -> {
            try {
                group.await();
                if (Thread.currentThread().isInterrupted()) {
                    interrupted.countDown();
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        await().until(() -> blocked(List.of(thread)) == 1);
        thread.interrupt();
        assertThat(flushes).hasValue(1);
        firstMayEnd.countDown();
        thread.join();

        assertThat(interrupted.getCount()).isZero();
        assertThat(flushes).hasValue(2);
    }
}
