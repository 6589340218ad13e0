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
 * Calls of the store on behalf of requests: on threads of their own, so that a database that hangs holds a request for
 * a bounded time only, and so that no transaction of the container's is around them. Thread-safe.
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
     * @throws StoreException also when the store did not answer in time; it may have done what it was asked
     */
    <T> T call(Supplier<T> operation) {
        return call(operation, context.config.storeTimeout);
    }

    /**
     * Makes a call that may take less time.
     *
     * @param limit until it counts as failed; what was begun goes on
     */
    <T> T call(Supplier<T> operation, Duration limit) {
        if (isHeld(context.now())) {
            throw failed("The store is not asked, since it did not answer shortly before", new TimeoutException());
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        if (!pool.tryRun(() -> answer(result, operation))) {
            throw failed("The store has too much to do, or is closed", null);
        }
        try {
            return result.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // One that has not begun yet is not wanted any more; one that has is not to be interrupted.
            result.cancel(false);
            if (limit.compareTo(context.config.storeTimeout) >= 0) {
                heldAt = context.now();
            }
            throw failed("The store did not answer within " + limit.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("Interrupted while the store worked", e);
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

    /** For a while after the store did not answer; not for longer when the clock was set back meanwhile. */
    private boolean isHeld(Instant now) {
        Instant since = heldAt;
        return since != null && !now.isBefore(since) && now.isBefore(since.plus(context.config.storeTimeout));
    }

    /** A pool or a driver with a bug is a store in trouble like any other. */
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
