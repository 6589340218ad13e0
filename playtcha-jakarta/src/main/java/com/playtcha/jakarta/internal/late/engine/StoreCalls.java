package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.store.Incoming;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.threads.WorkerPool;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls of the store for requests. They run on own threads, so that a hanging database delays a request for a bounded
 * time only, and outside of the container's transactions. Thread-safe.
 */
final class StoreCalls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreCalls.class);
    private static final int THREADS = 8;
    private static final int WAITING = 256;
    /** While one group is being written out, the next one is prepared. */
    private static final int ARRIVAL_WRITERS = 2;

    private static final Duration IDLE = Duration.ofSeconds(10);

    private final EngineContext context;
    private final WorkerPool pool;
    /** Apart, since threads of the other may all wait for a hanging database; and a disk may hang like one. */
    private final WorkerPool disk;

    private final GroupWriter<Incoming, LateStore.Arrival> arrivals;
    /** The last call that was not answered in time: for a while, none with its limit or a shorter one is made. */
    private volatile Instant heldSince = Instant.EPOCH;

    private volatile Duration heldLimit = Duration.ZERO;

    StoreCalls(EngineContext context) {
        this.context = context;
        DaemonThreads threads =
                new DaemonThreads("late-store", Thread.currentThread().getContextClassLoader());
        this.pool = new WorkerPool(threads, THREADS, WAITING, IDLE);
        this.disk = new WorkerPool(
                new DaemonThreads("late-track", Thread.currentThread().getContextClassLoader()), 1, WAITING, IDLE);
        this.arrivals = new GroupWriter<>(
                ARRIVAL_WRITERS,
                WAITING,
                Incoming::id,
                group -> context.store.takeAll(group, context.config.maxUntracked, context.now()));
    }

    /** Makes a call with the usual time limit. */
    <T> T call(Supplier<T> operation) {
        return held(context.config.storeTimeout, () -> submit(pool, operation));
    }

    /** Takes one arrival, in one transaction with those that come at the same time. */
    LateStore.Arrival take(Incoming arrival) {
        return take(arrival, context.config.storeTimeout);
    }

    /**
     * Takes one arrival.
     *
     * @param limit after which it counts as failed; it may nevertheless be taken
     */
    LateStore.Arrival take(Incoming arrival, Duration limit) {
        return held(limit, () -> arrivals.add(arrival, pool));
    }

    /**
     * Waits for a call, unless the store did not answer shortly before.
     *
     * @throws StoreException also where the store did not answer in time; the operation may have completed
     */
    private <T> T held(Duration limit, Supplier<CompletableFuture<T>> call) {
        try {
            if (isHeld(limit)) {
                throw new StoreException(
                        "The store is not called, since it did not answer shortly before", new TimeoutException());
            }
            return await(call.get(), limit);
        } catch (StoreException e) {
            context.metrics.add(LateCounter.STORE_FAILED);
            // Without a spool, each fail-open record is worth its short wait.
            boolean holds = context.spool != null || limit.compareTo(context.config.storeTimeout) >= 0;
            if (holds && e.getCause() instanceof TimeoutException && !isHeld(limit)) {
                heldLimit = limit;
                heldSince = context.now();
            }
            throw e;
        }
    }

    void run(Runnable operation) {
        call(() -> {
            operation.run();
            return true;
        });
    }

    /** Writes a file; throws StoreException if it fails or takes too long. */
    <T> T onDisk(Supplier<T> operation, Duration limit) {
        return await(submit(disk, operation), limit);
    }

    private static <T> CompletableFuture<T> submit(WorkerPool pool, Supplier<T> operation) {
        try {
            return CompletableFuture.supplyAsync(operation, pool);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    new StoreException("Too many store calls are waiting, or the engine is closed", e));
        }
    }

    private static <T> T await(CompletableFuture<T> result, Duration limit) {
        try {
            return result.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // A waiting operation is cancelled; a running one is not interrupted.
            result.cancel(false);
            throw new StoreException("The store did not answer within " + limit.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            result.cancel(false);
            Thread.currentThread().interrupt();
            throw new StoreException("Interrupted while waiting for the store", e);
        } catch (ExecutionException e) {
            throw asStoreException(e.getCause() == null ? e : e.getCause());
        }
    }

    /** Returns whether the store timed out shortly before; a clock that was set back ends the pause. */
    private boolean isHeld(Duration limit) {
        Instant since = heldSince;
        Instant now = context.now();
        return limit.compareTo(heldLimit) <= 0
                && !now.isBefore(since)
                && now.isBefore(since.plus(context.config.storeTimeout));
    }

    /** Wraps what a pool or driver threw. */
    static StoreException asStoreException(Throwable thrown) {
        if (thrown instanceof StoreException known) {
            return known;
        }
        return new StoreException("The store failed: " + thrown.getClass().getName(), thrown);
    }

    @Override
    public void close() {
        // Not interrupted: what is under way is a short transaction, and some embedded databases close their file when
        // a thread of theirs is interrupted.
        pool.stop();
        disk.stop();
        if (pool.awaitEnd(context.config.storeTimeout) + disk.awaitEnd(context.config.storeTimeout) > 0) {
            LOG.warn("A thread is still waiting for the store or the disk of late-dir");
        }
    }
}
