package com.playtcha.jakarta.internal.late.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bounds how many items are worked on at once, and runs them on an executor. Thread-safe. */
final class Bulkhead {
    private static final Logger LOG = LoggerFactory.getLogger(Bulkhead.class);

    private final EngineContext context;
    private final Executor executor;
    private final int limit;
    private final Semaphore permits;
    private final Set<Job> accepted = ConcurrentHashMap.newKeySet();
    private volatile boolean hasBacklog;

    Bulkhead(EngineContext context, Executor executor, int limit) {
        this.context = context;
        this.executor = executor;
        this.limit = limit;
        this.permits = new Semaphore(limit);
    }

    int available() {
        return permits.availablePermits();
    }

    /** Sets whether more was due than permits were free; then a released permit wakes the engine. */
    void hasBacklog(boolean value) {
        hasBacklog = value;
    }

    /** Acquires a permit and runs the work; returns false, having released the permit, where that was not possible. */
    boolean tryRun(Runnable work) {
        if (!permits.tryAcquire()) {
            return false;
        }
        Job job = new Job(work, context.now().plus(context.config.lease));
        accepted.add(job);
        try {
            executor.execute(job);
            return true;
        } catch (RuntimeException | Error e) {
            job.cancel();
            if (!context.isClosed() && context.log.count("rejected work") > 0) {
                LOG.warn("The executor rejects work of late results; it is tried again: {}", e.toString());
            }
            return false;
        }
    }

    /** Releases permits of jobs that the executor accepted but never started; their leases have expired. */
    void releaseLost() {
        Instant now = context.now();
        accepted.removeIf(job -> !job.until.isAfter(now) && job.cancel());
    }

    /** Waits until no job is running; those that have not started are not waited for. */
    boolean awaitIdle(Duration timeout) {
        accepted.forEach(Job::cancel);
        try {
            if (!permits.tryAcquire(limit, timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                return false;
            }
            permits.release(limit);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private final class Job implements Runnable {
        private final Runnable work;
        private final Instant until;
        private final AtomicBoolean taken = new AtomicBoolean();

        Job(Runnable work, Instant until) {
            this.work = work;
            this.until = until;
        }

        boolean cancel() {
            boolean first = taken.compareAndSet(false, true);
            if (first) {
                accepted.remove(this);
                permits.release();
            }
            return first;
        }

        @Override
        public void run() {
            if (!taken.compareAndSet(false, true)) {
                return;
            }
            accepted.remove(this);
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                LOG.error("The engine of late results failed at an item; it is tried again when its lease expires", e);
            } finally {
                permits.release();
                if (hasBacklog && available() * 2 >= limit) {
                    context.wake();
                }
            }
        }
    }
}
