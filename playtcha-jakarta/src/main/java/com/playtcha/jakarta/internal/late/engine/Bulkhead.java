package com.playtcha.jakarta.internal.late.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bounds how many items are worked on at once, and runs them on the engine's executor. Thread-safe. */
final class Bulkhead {
    private static final Logger LOG = LoggerFactory.getLogger(Bulkhead.class);
    private static final Duration FIRST_PATIENCE = Duration.ofSeconds(30);
    private static final Duration MOST_PATIENCE = Duration.ofMinutes(10);

    private final EngineContext context;
    private final int most;
    private final Semaphore free;
    private final Set<Job> accepted = ConcurrentHashMap.newKeySet();
    private final Duration firstPatience;
    private volatile Duration patience;
    private volatile boolean hasBacklog;

    Bulkhead(EngineContext context, int most) {
        this.context = context;
        this.most = most;
        this.free = new Semaphore(most);
        Duration ofLease = context.config.lease.dividedBy(4);
        this.firstPatience = ofLease.compareTo(FIRST_PATIENCE) < 0 ? ofLease : FIRST_PATIENCE;
        this.patience = firstPatience;
    }

    int free() {
        return free.availablePermits();
    }

    boolean tryTake() {
        return free.tryAcquire();
    }

    void give() {
        free.release();
    }

    /** Notes whether more was due than there were places for: then a place that becomes free is filled at once. */
    void hasBacklog(boolean value) {
        hasBacklog = value;
    }

    /**
     * Runs something in a place that was taken, and gives the place back.
     *
     * @param giveBack what to do instead where the executor takes nothing, or takes it and does not begin
     * @return whether the executor took it
     */
    boolean run(Runnable work, Runnable giveBack) {
        Job job = null;
        try {
            job = new Job(work, giveBack, context.now());
            accepted.add(job);
            context.executor.execute(job);
            return true;
        } catch (RuntimeException | Error e) {
            // Refused, or no thread could be made for it, or the component of a managed executor is stopped.
            if (job == null) {
                give(giveBack);
            } else {
                job.giveBack();
            }
            if (!context.isClosed() && context.teller.mayLog("refused work", context.now()) > 0) {
                LOG.warn("The executor takes no work of late results, which is tried again: {}", e.toString());
            }
            return false;
        }
    }

    /**
     * Gives back what the executor took and has not begun for long. A server's may forget it: GlassFish does, when
     * another application is deployed at that moment. What it still begins after this does nothing.
     */
    void reclaim() {
        Instant now = context.now();
        Instant limit = now.minus(patience);
        int forgotten = 0;
        for (Job job : accepted) {
            if (job.since.isAfter(now)) {
                // The clock was set back.
                job.since = now;
            } else if (!job.since.isAfter(limit) && job.giveBack()) {
                forgotten++;
            }
        }
        if (forgotten == 0) {
            return;
        }
        Duration waited = patience;
        // One that is merely late is not to be given more and more of it.
        patience = waited.multipliedBy(2).compareTo(MOST_PATIENCE) < 0 ? waited.multipliedBy(2) : MOST_PATIENCE;
        if (context.teller.mayLog("forgotten work", now) > 0) {
            LOG.warn(
                    "The executor took work of late results and did not begin it within {} s, it is tried again: items={}",
                    waited.toSeconds(),
                    forgotten);
        }
    }

    /** Gives back what was not begun; nobody is to wait for it. */
    void reclaimAll() {
        accepted.forEach(Job::giveBack);
    }

    /** What fails at one item keeps neither the others nor the end from being seen to. */
    private void give(Runnable giveBack) {
        give();
        try {
            giveBack.run();
        } catch (RuntimeException | Error e) {
            LOG.error("An item of late results cannot be given back, and is free when its lease has passed", e);
        }
    }

    private final class Job implements Runnable {
        private final AtomicReference<@Nullable Runnable> work;
        private final Runnable giveBack;
        private volatile Instant since;

        Job(Runnable work, Runnable giveBack, Instant since) {
            this.work = new AtomicReference<>(work);
            this.giveBack = giveBack;
            this.since = since;
        }

        /** Null when it was run, or given back, before. */
        private @Nullable Runnable take() {
            Runnable mine = work.getAndSet(null);
            if (mine != null) {
                accepted.remove(this);
            }
            return mine;
        }

        @Override
        public void run() {
            Runnable mine = take();
            if (mine == null) {
                return;
            }
            patience = firstPatience;
            try {
                (context.isClosed() ? giveBack : mine).run();
            } catch (RuntimeException | Error e) {
                LOG.error("The engine of late results failed at an item, which it will come back to", e);
            } finally {
                give();
                if (hasBacklog && free() * 2 >= most) {
                    context.wake();
                }
            }
        }

        boolean giveBack() {
            if (take() == null) {
                return false;
            }
            give(giveBack);
            return true;
        }
    }

    /** Whether all work has ended within this time. */
    boolean awaitEmpty(Duration limit) {
        try {
            if (!free.tryAcquire(most, limit.toNanos(), TimeUnit.NANOSECONDS)) {
                return false;
            }
            free.release(most);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
