package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.engine.RequestWaits.Wait;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.threads.WorkerPool;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls of the store for requests. They run on own threads, so that a hanging database delays a request for a bounded
 * time only, and outside of the container's transactions. Thread-safe.
 */
final class StoreCalls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreCalls.class);
    private static final int THREADS = 8;
    static final int WAITING = 256;
    /** The second one while the first takes long. */
    private static final int ARRIVAL_WRITERS = 2;

    private static final int PROBES = 4;

    static final Duration IDLE = Duration.ofSeconds(10);

    private final EngineContext context;
    private final List<WorkerPool> pools = new ArrayList<>();
    private final WorkerPool requests = pool("late-store", THREADS, WAITING);
    /** Separate, so that a slow listing delays no request. */
    private final WorkerPool operators = pool("late-store", THREADS, WAITING);
    /** Separate, so that calls which wait for a slow query do not delay arrivals. */
    private final WorkerPool arrivalPool = pool("late-accept", ARRIVAL_WRITERS, ARRIVAL_WRITERS);
    /** For heartbeats alone, of which one may hang while the next is answered. */
    private final WorkerPool probes = pool("late-beat", PROBES, PROBES);

    private final GroupWriter<Arrival, LateStore.AcceptOutcome> arrivals;
    /** When the store took arrivals last, by the machine's monotonic clock. */
    private volatile long takenAt = System.nanoTime();

    StoreCalls(EngineContext context, Function<List<Arrival>, List<LateStore.@Nullable AcceptOutcome>> accept) {
        this.context = context;
        this.arrivals = GroupWriter.awaited(ARRIVAL_WRITERS, WAITING, context.config.linger, Arrival::id, group -> {
            List<LateStore.@Nullable AcceptOutcome> outcomes = accept.apply(group);
            takenAt = System.nanoTime();
            return outcomes;
        });
    }

    private WorkerPool pool(String kind, int threads, int waiting) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        WorkerPool pool = new WorkerPool(new DaemonThreads(kind, loader), threads, waiting, IDLE);
        pools.add(pool);
        return pool;
    }

    /** Makes a call for an operator, with the usual time limit. */
    <T> T call(Supplier<T> operation) {
        try (Wait wait = context.waits.beginUncounted(context.config.storeTimeout)) {
            return whereAnswered(context.config.storeTimeout, wait, () -> submit(operators, operation));
        }
    }

    /** Makes a call that listings of an operator do not hold up, with the usual time limit. */
    <T> T callUrgently(Supplier<T> operation) {
        try (Wait wait = context.waits.beginUncounted(context.config.storeTimeout)) {
            return call(operation, wait);
        }
    }

    /** Makes a call for a request. */
    <T> T call(Supplier<T> operation, Wait wait) {
        return whereAnswered(context.config.storeTimeout, wait, () -> submit(requests, operation));
    }

    /** Makes a call also while the store does not answer. */
    void probe(Runnable operation) {
        try (Wait wait = context.waits.beginUncounted(context.config.storeTimeout)) {
            wait.await(
                    submit(probes, () -> {
                        operation.run();
                        return true;
                    }),
                    context.config.storeTimeout);
        }
    }

    /**
     * Takes one arrival, in one transaction with those that come at the same time.
     *
     * @param limit after which it counts as failed; it may nevertheless be taken
     */
    LateStore.AcceptOutcome take(Arrival arrival, Wait wait, Duration limit) {
        long begun = System.nanoTime();
        try {
            return whereAnswered(limit, wait, () -> arrivals.add(arrival, arrivalPool));
        } catch (StoreException e) {
            context.health.doubtWrites();
            // A shorter wait says little of the store, and so does one for a row that is locked while others are taken.
            boolean isOfStore = limit.compareTo(context.config.acceptTimeout) >= 0 && takenAt - begun < 0;
            if (e.getCause() instanceof TimeoutException && isOfStore) {
                context.health.failed(e);
            }
            throw e;
        }
    }

    /** To be called often: arrivals must not wait for the next one where a call of the store has become slow. */
    void helpSlowArrivals() {
        arrivals.helpSlowWriter(arrivalPool);
    }

    /**
     * Waits for a call, unless the store hangs.
     *
     * @throws StoreException also where the store did not answer in time; the operation may have completed
     */
    private <T> T whereAnswered(Duration limit, Wait wait, Supplier<CompletableFuture<T>> call) {
        // Without a spool, each fail-open record is worth its short wait.
        boolean isBrief = limit.compareTo(context.config.acceptTimeout) < 0;
        try {
            if (context.health.hangs() && !(isBrief && context.spool == null)) {
                throw new StoreException(
                        "The store is not called, since it did not answer shortly before", new TimeoutException());
            }
            return wait.await(call.get(), limit);
        } catch (StoreException e) {
            context.metrics.add(LateCounter.STORE_FAILED);
            throw e;
        }
    }

    static <T> CompletableFuture<T> submit(Executor pool, Supplier<T> operation) {
        try {
            return CompletableFuture.supplyAsync(operation, pool);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            return CompletableFuture.failedFuture(new StoreException(
                    "Too many calls are waiting, there is no memory for a thread, or the engine is closed", e));
        }
    }

    /** Wraps what a pool or driver threw. */
    static StoreException asStoreException(Throwable thrown) {
        if (thrown instanceof StoreException own) {
            return own;
        }
        if (thrown instanceof LateUnavailableException unavailable) {
            return new StoreException(String.valueOf(unavailable.getMessage()), unavailable);
        }
        return new StoreException("The store failed: " + thrown.getClass().getName(), thrown);
    }

    @Override
    public void close() {
        // Not interrupted: what is under way is a short transaction, and some embedded databases close their file when
        // a thread of theirs is interrupted.
        pools.forEach(WorkerPool::stop);
        if (pools.stream()
                        .mapToInt(pool -> pool.awaitEnd(context.config.storeTimeout))
                        .sum()
                > 0) {
            LOG.warn("A thread is still waiting for the store");
        }
    }
}
