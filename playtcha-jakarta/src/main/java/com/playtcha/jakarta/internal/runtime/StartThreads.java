package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts guards for callers that must not wait for long, such as the first visitor of an application that no deployment
 * has started. A start goes on after its callers have given up, and later callers find its result. Thread-safe.
 */
final class StartThreads {
    private final Duration startTimeout;
    private final Duration closeTimeout;
    private final DaemonThreads threads = new DaemonThreads("start", null);
    private final Map<String, Start> starts = new ConcurrentHashMap<>();

    private record Start(CompletableFuture<Guard> guard, long beganAt) {}

    StartThreads(Duration startTimeout, Duration closeTimeout) {
        this.startTimeout = startTimeout;
        this.closeTimeout = closeTimeout;
    }

    /** Waits for the start of a guard, or begins it. Throws what the start throws, and an exception after the timeout. */
    Guard call(String name, @Nullable ClassLoader context, Supplier<Guard> work) {
        Start start = starts.computeIfAbsent(name, key -> begin(name, context, work));
        try {
            // Callers that come when the first ones have given up do not wait for as long once more.
            long left = startTimeout.toNanos() - (System.nanoTime() - start.beganAt);
            return start.guard.get(Math.max(left, 0), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "guard " + name + " is still being started after " + startTimeout.toSeconds()
                            + " s, by a thread playtcha-start: see what it waits for, such as a database or a volume",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while guard " + name + " was being started", e);
        }
    }

    private Start begin(String name, @Nullable ClassLoader context, Supplier<Guard> work) {
        Start start = new Start(new CompletableFuture<>(), System.nanoTime());
        threads.start(() -> {
            Thread.currentThread().setContextClassLoader(context);
            try {
                start.guard.complete(work.get());
            } catch (Throwable failure) {
                start.guard.completeExceptionally(failure);
            } finally {
                starts.remove(name, start);
                // The group of threads outlives the class loader's application.
                Thread.currentThread().setContextClassLoader(null);
            }
        });
        return start;
    }

    /** Waits for threads that are about to end, since nothing is started any more. */
    void awaitEnd() {
        threads.awaitEnd(closeTimeout);
    }
}
