package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.threads.WorkerPool;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls of the store for requests. They run on own threads, so that a hanging database delays a request for a bounded
 * time only, and outside of the container's transactions. Thread-safe.
 */
final class StoreCalls implements AutoCloseable {
    private static final int THREADS = 8;
    private static final int WAITING = 256;
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final EngineContext context;
    private final WorkerPool pool;
    private volatile @Nullable Instant heldAt;

    StoreCalls(EngineContext context) {
        this.context = context;
        DaemonThreads threads =
                new DaemonThreads("late-store", Thread.currentThread().getContextClassLoader());
        this.pool = new WorkerPool(threads, THREADS, WAITING, IDLE);
    }

    /**
     * Makes a call.
     *
     * @throws StoreException also where the store did not answer in time; the operation may have completed
     */
    <T> T call(Supplier<T> operation) {
        return call(operation, context.config.storeTimeout);
    }

    /**
     * Makes a call with another time limit.
     *
     * @param limit after which it counts as failed; a started operation continues
     */
    <T> T call(Supplier<T> operation, Duration limit) {
        if (isHeld(context.now())) {
            throw failed("The store is not called, since it did not answer shortly before", new TimeoutException());
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        if (!pool.tryRun(() -> answer(result, operation))) {
            throw failed("Too many store calls are waiting, or the engine is closed", null);
        }
        try {
            return result.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // A waiting operation is cancelled; a running one is not interrupted.
            result.cancel(false);
            if (limit.compareTo(context.config.storeTimeout) >= 0) {
                heldAt = context.now();
            }
            throw failed("The store did not answer within " + limit.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("Interrupted while waiting for the store", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            context.metrics.add(LateCounter.STORE_FAILED);
            throw asStoreException(cause);
        }
    }

    private static <T> void answer(CompletableFuture<T> result, Supplier<T> operation) {
        if (result.isDone()) {
            return;
        }
        try {
            result.complete(operation.get());
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }

    /** Returns whether the store timed out shortly before; a clock that was set back ends the pause. */
    private boolean isHeld(Instant now) {
        Instant since = heldAt;
        return since != null && !now.isBefore(since) && now.isBefore(since.plus(context.config.storeTimeout));
    }

    /** Wraps what a pool or driver threw. */
    static StoreException asStoreException(Throwable thrown) {
        if (thrown instanceof StoreException known) {
            return known;
        }
        return new StoreException("The store failed: " + thrown.getClass().getName(), thrown);
    }

    private StoreException failed(String message, @Nullable Throwable cause) {
        context.metrics.add(LateCounter.STORE_FAILED);
        return new StoreException(message, cause);
    }

    @Override
    public void close() {
        // Not interrupted: what is under way is a short transaction, and some embedded databases close their file when
        // a thread of theirs is interrupted.
        pool.stop();
        try {
            pool.awaitEnd(context.config.storeTimeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
