package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.threads.WorkerPool;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls an engine at an interval, and sooner when it has work. The clock and the pollers run on threads of this library;
 * handlers run on the server's managed executor where there is one. Thread-safe.
 */
public final class LateRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LateRunner.class);
    private static final int MAX_THREADS = 128;
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** How soon a call of the handler that hangs is seen. */
    private static final Duration WATCH = Duration.ofMillis(100);

    private final DaemonThreads clockThreads = threads("late-tick");
    private final WorkerPool workers = new WorkerPool(threads("late-work"), MAX_THREADS, 0, IDLE);
    /** Bounded by the engine's slots. */
    private final WorkerPool handlers = new WorkerPool(threads("late-handler"), Integer.MAX_VALUE, 0, IDLE);

    private final @Nullable Executor managed;
    private @Nullable LateEngine engine;
    private volatile @Nullable Thread clock;
    private volatile @Nullable Thread watch;
    private volatile boolean woken = true;
    private volatile boolean hasDeliveries;
    private volatile boolean stopped;

    /** With own threads for everything, or with handlers on {@code managed}, which is not closed by this. */
    public LateRunner(@Nullable Executor managed) {
        this.managed = managed;
    }

    private static DaemonThreads threads(String kind) {
        return new DaemonThreads(kind, Thread.currentThread().getContextClassLoader());
    }

    public boolean isManaged() {
        return managed != null;
    }

    /** Returns what pollers run on; it rejects work while all threads are busy. */
    public Executor workers() {
        return workers;
    }

    /** Returns what handlers run on. */
    public Executor handlers() {
        return managed == null ? handlers : managed;
    }

    /** Starts the engine, which is closed by this; {@code also} runs on a worker once per interval. */
    public synchronized void start(LateEngine started, Duration interval, Runnable also) {
        if (engine != null) {
            throw new IllegalStateException("this runs an engine already");
        }
        engine = started;
        started.onWork(this::wake, this::wakeDeliveries);
        clock = clockThreads.start(() -> run(started, interval.toNanos()));
        // Apart, since the other may wait for a connection that only a handler that is interrupted gives back.
        watch = clockThreads.start(() -> watch(started, interval.toNanos(), also));
    }

    private void wakeDeliveries() {
        if (!hasDeliveries) {
            hasDeliveries = true;
            LockSupport.unpark(clock);
        }
    }

    private void wake() {
        woken = true;
        LockSupport.unpark(clock);
    }

    private void run(LateEngine started, long interval) {
        long next = System.nanoTime() + interval;
        while (!stopped) {
            long left = next - System.nanoTime();
            if (left <= 0 || woken) {
                woken = false;
                hasDeliveries = false;
                guarded(started::pollOnce);
                next = left <= 0 ? System.nanoTime() + interval : next;
            } else if (hasDeliveries) {
                hasDeliveries = false;
                guarded(started::deliver);
            } else {
                // Parking allocates nothing, so an OutOfMemoryError cannot end this thread here.
                LockSupport.parkNanos(this, left);
                Thread.interrupted();
            }
        }
    }

    private void watch(LateEngine started, long interval, Runnable also) {
        long pause = Math.min(interval, WATCH.toNanos());
        long next = System.nanoTime() + interval;
        while (!stopped) {
            LockSupport.parkNanos(this, pause);
            Thread.interrupted();
            guarded(started::watch);
            if (next - System.nanoTime() <= 0) {
                // Where all threads are busy, it runs after the next interval.
                guarded(() -> workers.tryRun(also));
                next = System.nanoTime() + interval;
            }
        }
    }

    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            try {
                LOG.error("The engine of late results failed and is called again at the next tick", e);
            } catch (RuntimeException | Error unlogged) {
                // Logging may be gone while the application is being undeployed.
            }
        }
    }

    /** Closes the engine, then the threads. An interrupted caller does not wait for the threads, which end nevertheless. */
    @Override
    public void close() {
        LateEngine running;
        synchronized (this) {
            running = engine;
            stopped = true;
            LockSupport.unpark(clock);
            LockSupport.unpark(watch);
        }
        try {
            if (running != null) {
                running.close();
            }
        } finally {
            workers.stop();
            handlers.stop();
            if (clockThreads.awaitEnd(GRACE) + workers.awaitEnd(GRACE) + handlers.awaitEnd(GRACE) > 0) {
                LOG.warn(
                        "Threads of late results are still waiting for a store, a service or a handler after {} s",
                        GRACE.toSeconds());
            }
        }
    }
}
