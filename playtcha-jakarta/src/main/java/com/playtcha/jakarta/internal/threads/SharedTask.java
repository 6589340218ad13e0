package com.playtcha.jakarta.internal.threads;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A task that nothing can interrupt, such as a name look-up, on a daemon thread of its own. Callers share the run under
 * way and each waits for its own limit at most, so at most one thread is ever stuck. Thread-safe.
 */
public final class SharedTask<T> {
    private final DaemonThreads threads;
    private final String kind;
    private final Callable<T> task;
    private @Nullable CompletableFuture<T> run;
    private boolean stopped;

    /** Starts no thread yet. Each run has one named {@code playtcha-<kind>-<number>}, which belongs to the group. */
    public SharedTask(DaemonThreads threads, String kind, Callable<T> task) {
        this.threads = threads;
        this.kind = kind;
        this.task = task;
    }

    /**
     * Waits for the run under way, or for a new one.
     *
     * @throws TimeoutException if the run has not ended within the limit
     * @throws CancellationException after {@link #stop}
     * @throws ExecutionException with what the task threw
     */
    public T get(long limitNanos) throws ExecutionException, InterruptedException, TimeoutException {
        return join().get(Math.max(0, limitNanos), TimeUnit.NANOSECONDS);
    }

    public synchronized boolean isRunning() {
        return run != null && !run.isDone();
    }

    private synchronized CompletableFuture<T> join() {
        if (stopped) {
            throw new CancellationException("stopped");
        }
        if (run == null || !isRunning()) {
            CompletableFuture<T> begun = new CompletableFuture<>();
            threads.start(kind, () -> {
                try {
                    begun.complete(task.call());
                } catch (Throwable e) {
                    begun.completeExceptionally(e);
                }
            });
            run = begun;
        }
        return run;
    }

    /** Begins no more runs, and ends the wait for the present one. Returns at once. */
    public synchronized void stop() {
        stopped = true;
        if (run != null) {
            run.cancel(false);
        }
    }
}
