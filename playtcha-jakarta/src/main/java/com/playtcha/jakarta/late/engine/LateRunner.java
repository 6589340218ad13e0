package com.playtcha.jakarta.late.engine;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the time for an engine: calls it at an interval, and sooner when there is work. On threads of its own, or on a
 * server's managed ones. Thread-safe.
 */
public final class LateRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LateRunner.class);
    private static final int MOST_THREADS = 128;
    private static final long GLANCE_MS = 100;

    private final ScheduledExecutorService ticks;
    private final Executor work;
    private final @Nullable ExecutorService owned;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final ReentrantLock looking = new ReentrantLock();
    private @Nullable LateEngine engine;
    private @Nullable Future<?> ticking;

    private LateRunner(ScheduledExecutorService ticks, Executor work, @Nullable ExecutorService owned) {
        this.ticks = ticks;
        this.work = work;
        this.owned = owned;
    }

    /**
     * With daemon threads of its own, made when there is work and ended when there is none.
     *
     * @return to be closed
     */
    public static LateRunner ofOwnThreads() {
        ThreadPoolExecutor work = new ThreadPoolExecutor(
                0, MOST_THREADS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), named("playtcha-late-work-"));
        return new LateRunner(Executors.newSingleThreadScheduledExecutor(named("playtcha-late-tick-")), work, work);
    }

    /**
     * With the server's threads. To be made and started on a thread of the application's start: work then runs with that
     * thread's context, never with that of a request, whose visitor or caller it would otherwise run as.
     *
     * @param ticks keeps the time: a {@code ManagedScheduledExecutorService}; not closed by this
     * @param work runs what takes long: a {@code ManagedExecutorService}, since a scheduled one may have a single thread;
     *     not closed by this
     * @return to be closed
     */
    public static LateRunner of(ScheduledExecutorService ticks, Executor work) {
        return new LateRunner(ticks, work, null);
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Whether the threads are the server's.
     *
     * @return false for its own
     */
    public boolean isManaged() {
        return owned == null;
    }

    /**
     * What the engine is to run its work on.
     *
     * @return refuses work when all threads are busy
     */
    public Executor executor() {
        return work;
    }

    /**
     * Starts an engine.
     *
     * @param started closed by this
     * @param interval between two looks at what is due
     */
    public void start(LateEngine started, Duration interval) {
        start(started, interval, () -> {});
    }

    /**
     * Starts an engine, and something else that is to be looked at as often.
     *
     * @param started closed by this
     * @param interval between two looks at what is due
     * @param also run beside the engine's work, after each look
     */
    public synchronized void start(LateEngine started, Duration interval, Runnable also) {
        if (engine != null) {
            throw new IllegalStateException("this runs an engine already");
        }
        engine = started;
        if (owned == null) {
            woken.set(true);
            started.onWork(() -> woken.set(true));
            Glances glances = new Glances(started, interval, also);
            ticking = ticks.scheduleWithFixedDelay(
                    glances, 0, Math.min(GLANCE_MS, interval.toMillis()), TimeUnit.MILLISECONDS);
            return;
        }
        started.onWork(() -> wake(started));
        ticking = ticks.scheduleWithFixedDelay(
                () -> look(started, also), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        wake(started);
    }

    private void wake(LateEngine started) {
        if (!woken.compareAndSet(false, true)) {
            return;
        }
        try {
            ticks.execute(() -> {
                woken.set(false);
                look(started, () -> {});
            });
        } catch (RejectedExecutionException | IllegalStateException e) {
            // The latter is a managed executor's, whose component is stopped.
            woken.set(false);
            LOG.debug("Closed meanwhile", e);
        }
    }

    private void look(LateEngine started, Runnable also) {
        looking.lock();
        try {
            poll(started);
        } finally {
            looking.unlock();
        }
        try {
            work.execute(also);
        } catch (RejectedExecutionException | IllegalStateException e) {
            LOG.debug("All threads are busy, or closed; at the next look, then", e);
        }
    }

    /** Looks when it was woken or the interval has passed: whoever wakes it has a context that work should not have. */
    private final class Glances implements Runnable {
        private final LateEngine started;
        private final long interval;
        private final Runnable also;
        private long lookedAt = System.nanoTime();

        Glances(LateEngine started, Duration interval, Runnable also) {
            this.started = started;
            this.also = also;
            this.interval = interval.toNanos();
        }

        @Override
        public void run() {
            if (woken.getAndSet(false) || System.nanoTime() - lookedAt >= interval) {
                lookedAt = System.nanoTime();
                look(started, also);
            }
        }
    }

    /** A scheduled task that throws once is never run again. */
    private static void poll(LateEngine started) {
        try {
            started.pollOnce();
        } catch (RuntimeException | Error e) {
            try {
                LOG.error("The engine of late results failed, and goes on at the next tick", e);
            } catch (RuntimeException | Error again) {
                // Not even the log is there, as when the application is being taken down.
            }
        }
    }

    /** Closes the engine, then the threads. */
    @Override
    public void close() {
        LateEngine running;
        synchronized (this) {
            running = engine;
            if (ticking != null) {
                ticking.cancel(false);
            }
        }
        if (running != null) {
            running.close();
        }
        try {
            // The server's threads cannot be waited for, but what this has them do can.
            if (looking.tryLock(5, TimeUnit.SECONDS)) {
                looking.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (owned != null) {
            close(owned);
        }
    }

    /** Whoever closes this may have been interrupted: then the threads end all the same, and are not waited for. */
    private void close(ExecutorService workers) {
        ticks.shutdown();
        workers.shutdown();
        try {
            boolean ended =
                    ticks.awaitTermination(5, TimeUnit.SECONDS) && workers.awaitTermination(5, TimeUnit.SECONDS);
            if (!ended) {
                LOG.warn("Threads of late results are left behind, which wait for a store, a service or a handler");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
