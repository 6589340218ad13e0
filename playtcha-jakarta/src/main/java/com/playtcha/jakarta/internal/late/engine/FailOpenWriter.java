package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.FailOpenRecord;
import com.playtcha.jakarta.internal.late.store.Incoming;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.threads.WorkerPool;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks requests that failed open. Each waits a bounded time: half of it for the store, the rest for the spool.
 * Thread-safe.
 */
final class FailOpenWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FailOpenWriter.class);

    private final EngineContext context;
    private final ResultSpool spool;
    private final StoreCalls calls;
    private final Semaphore places;
    /** Writes the spool, since a disk may hang like a database. */
    private final WorkerPool pool = new WorkerPool(
            new DaemonThreads("late-track", Thread.currentThread().getContextClassLoader()),
            1,
            Integer.MAX_VALUE,
            Duration.ofSeconds(10));
    /** When the store did not answer in time. */
    private volatile @Nullable Instant slowAt;

    private volatile boolean closed;

    FailOpenWriter(EngineContext context, ResultSpool spool, StoreCalls calls) {
        this.context = context;
        this.spool = spool;
        this.calls = calls;
        this.places = new Semaphore(context.config.trackQueue);
    }

    /** Returns once the record is kept or the time is over: STORED, DUPLICATE or REFUSED. */
    AcceptResult write(FailOpenRecord failOpen) {
        if (closed) {
            return spoolAfterClose(failOpen);
        }
        if (!places.tryAcquire()) {
            return untracked("the queue is full");
        }
        try {
            return isSlow(context.now())
                    ? spool(failOpen, new StoreException("The store was too slow for requests shortly before", null))
                    : store(failOpen);
        } finally {
            places.release();
        }
    }

    private boolean isSlow(Instant now) {
        Instant since = slowAt;
        return since != null && !now.isBefore(since) && now.isBefore(since.plus(context.config.storeTimeout));
    }

    private AcceptResult store(FailOpenRecord failOpen) {
        // If the store keeps a record after its time, the spooled one changes nothing, since the ids are the same.
        Duration limit = context.config.trackTimeout;
        try {
            AcceptResult outcome = calls.take(
                            new Incoming.FailOpen(failOpen), context.spool == null ? limit : limit.dividedBy(2))
                    .outcome();
            slowAt = null;
            if (outcome == AcceptResult.DUPLICATE) {
                context.metrics.add(LateCounter.REPEATED);
                return outcome;
            }
            context.metrics.add(LateCounter.TRACKED);
            context.publish(failOpen.item().id(), LateKind.LATE_VERDICT, null, LateState.AWAITING, null);
            return AcceptResult.STORED;
        } catch (StoreException e) {
            if (context.spool == null || Thread.currentThread().isInterrupted()) {
                return untracked(String.valueOf(e.getMessage()));
            }
            slowAt = e.getCause() instanceof TimeoutException ? context.now() : null;
            return spool(failOpen, e);
        }
    }

    private AcceptResult spool(FailOpenRecord failOpen, StoreException why) {
        try {
            boolean saved =
                    StoreCalls.run(pool, () -> spool.save(failOpen, why), context.config.trackTimeout.dividedBy(2));
            if (saved) {
                context.metrics.add(LateCounter.TRACKED);
                return AcceptResult.STORED;
            }
            return untracked(String.valueOf(why.getMessage()));
        } catch (StoreException e) {
            return untracked("not kept within " + context.config.trackTimeout.toMillis() + " ms");
        }
    }

    private AcceptResult untracked(String why) {
        context.metrics.add(LateCounter.UNTRACKED);
        long times = context.log.count("untracked");
        if (times > 0) {
            LOG.warn(
                    "Requests were allowed unverified and are not tracked: {} since the last such line; {}",
                    times,
                    why);
        }
        return AcceptResult.REFUSED;
    }

    /** A server may stop an application under load: then the store is closed, and a file waits for the next start. */
    private AcceptResult spoolAfterClose(FailOpenRecord failOpen) {
        try {
            if (spool.save(failOpen, new StoreException("The application was being stopped", null))) {
                context.metrics.add(LateCounter.TRACKED);
                return AcceptResult.STORED;
            }
        } catch (RuntimeException | LinkageError e) {
            // A stopped class loader loads no class any more.
            LOG.debug("No spool file could be written", e);
        }
        return untracked("the application was being stopped");
    }

    @Override
    public void close() {
        closed = true;
        pool.stop();
        try {
            // Requests that are waiting are bounded by their own time limit.
            if (pool.awaitEnd(context.config.storeTimeout.plusSeconds(1)) > 0) {
                LOG.warn("A thread is still waiting for the disk of late-dir");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
