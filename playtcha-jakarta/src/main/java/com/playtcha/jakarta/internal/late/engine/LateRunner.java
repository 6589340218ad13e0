package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.threads.WorkerPool;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Ticks ticks;
    private final Executor work;
    private final @Nullable WorkerPool owned;
    private final ReentrantLock looking = new ReentrantLock();
    private @Nullable LateEngine engine;

    private LateRunner(Ticks ticks, Executor work, @Nullable WorkerPool owned) {
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
        DaemonThreads threads =
                new DaemonThreads("late-work", Thread.currentThread().getContextClassLoader());
        WorkerPool work = new WorkerPool(threads, MOST_THREADS, 0, IDLE);
        return new LateRunner(new Ticker(), work, work);
    }

    /**
     * With the server's threads. To be made and started on a thread of the application's start: work then runs with that
     * thread's context, never with that of a request, whose visitor or caller it would otherwise run as.
     *
     * @param ticks keeps the time: a {@code ManagedScheduledExecutorService}; not closed by this
     * @param work runs what takes long: a {@code ManagedExecutorService}, since a scheduled one may have a single thread;
     *     not closed by this
     * @param context runs something on the calling thread with the context of the application's start, should the server
     *     have to be asked again; null where it has no such thing
     * @return to be closed
     */
    public static LateRunner of(ScheduledExecutorService ticks, Executor work, @Nullable Executor context) {
        return new LateRunner(new ManagedTicks(ticks, context), work, null);
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
     * @param also run beside the engine's work, after each look that the interval brings
     */
    public synchronized void start(LateEngine started, Duration interval, Runnable also) {
        if (engine != null) {
            throw new IllegalStateException("this runs an engine already");
        }
        engine = started;
        started.onWork(ticks::wake);
        ticks.start(interval, early -> look(started, early ? null : also));
        ticks.wake();
    }

    private void look(LateEngine started, @Nullable Runnable also) {
        if (!looking.tryLock()) {
            // Another thread of the server's, or the one that stands in for it; it may be stuck in the store.
            ticks.wake();
            return;
        }
        try {
            poll(started);
            if (also != null) {
                submit(also);
            }
        } finally {
            looking.unlock();
        }
    }

    private void submit(Runnable also) {
        try {
            work.execute(also);
        } catch (RejectedExecutionException | IllegalStateException e) {
            // The latter is a managed executor's, whose component is stopped.
            LOG.debug("All threads are busy, or closed; at the next look, then", e);
        } catch (RuntimeException | Error e) {
            report(e);
        }
    }

    /** What throws once is never called again. */
    private static void poll(LateEngine started) {
        try {
            started.pollOnce();
        } catch (RuntimeException | Error e) {
            report(e);
        }
    }

    private static void report(Throwable failure) {
        try {
            LOG.error("The engine of late results failed, and goes on at the next tick", failure);
        } catch (RuntimeException | Error e) {
            // Not even the log is there, as when the application is being taken down.
        }
    }

    /** Closes the engine, then the threads. */
    @Override
    public void close() {
        LateEngine running;
        synchronized (this) {
            running = engine;
            ticks.stop();
        }
        try {
            if (running != null) {
                running.close();
            }
        } finally {
            awaitLook();
            awaitEnd();
        }
    }

    private void awaitLook() {
        try {
            // The server's threads cannot be waited for, but what this has them do can.
            if (looking.tryLock(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                looking.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whoever closes this may have been interrupted: then the threads end all the same, and are not waited for. */
    private void awaitEnd() {
        WorkerPool workers = owned;
        if (workers != null) {
            workers.stop();
        }
        try {
            if (!ticks.awaitEnd(PATIENCE) || (workers != null && workers.awaitEnd(PATIENCE) > 0)) {
                LOG.warn("Threads of late results are left behind, which wait for a store, a service or a handler");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
