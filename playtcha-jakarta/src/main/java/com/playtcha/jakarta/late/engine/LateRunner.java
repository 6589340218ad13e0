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

    private final ScheduledExecutorService ticks;
    private final Executor work;
    private final @Nullable ExecutorService owned;
    private final AtomicBoolean woken = new AtomicBoolean();
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
     * With the server's threads.
     *
     * @param managed such as a {@code ManagedScheduledExecutorService}; not closed by this
     * @return to be closed
     */
    public static LateRunner of(ScheduledExecutorService managed) {
        return new LateRunner(managed, managed, null);
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
    public synchronized void start(LateEngine started, Duration interval) {
        if (engine != null) {
            throw new IllegalStateException("this runs an engine already");
        }
        engine = started;
        started.onWork(() -> wake(started));
        ticking = ticks.scheduleWithFixedDelay(
                () -> poll(started), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        wake(started);
    }

    private void wake(LateEngine started) {
        if (!woken.compareAndSet(false, true)) {
            return;
        }
        try {
            ticks.execute(() -> {
                woken.set(false);
                poll(started);
            });
        } catch (RejectedExecutionException | IllegalStateException e) {
            // The latter is a managed executor's, whose component is stopped.
            woken.set(false);
            LOG.debug("Closed meanwhile", e);
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
        if (owned == null) {
            return;
        }
        ticks.shutdown();
        owned.shutdown();
        try {
            boolean ended = ticks.awaitTermination(5, TimeUnit.SECONDS) && owned.awaitTermination(5, TimeUnit.SECONDS);
            if (!ended) {
                LOG.warn("Threads of late results are left behind, which wait for a store, a service or a handler");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
