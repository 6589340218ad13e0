package com.playtcha.jakarta.http;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon threads on which calls run, started when needed and gone when idle. */
final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final ThreadPoolExecutor executor;

    /**
     * Starts no thread yet. How many there are at once is bounded by who calls: a bound here as well would refuse work
     * while a thread is on its way from one task to the next.
     *
     * @param onThreadEnd runs on a thread that ends, having been idle
     */
    Workers(Runnable onThreadEnd) {
        ClassLoader loader = Workers.class.getClassLoader();
        this.executor = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE.toMillis(), TimeUnit.MILLISECONDS, new SynchronousQueue<>(), work -> {
                    Thread thread = new Thread(
                            () -> {
                                work.run();
                                onThreadEnd.run();
                            },
                            "playtcha-call-" + NUMBER.incrementAndGet());
                    thread.setDaemon(true);
                    thread.setContextClassLoader(loader);
                    return thread;
                });
    }

    /** Runs it now; false when closed. */
    boolean tryRun(Runnable work) {
        try {
            executor.execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Ends all threads; returns when they have ended, or after some seconds of trying. */
    void close() {
        executor.shutdownNow();
        boolean interrupted = false;
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!executor.isTerminated() && end - System.nanoTime() > 0) {
            try {
                executor.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (!executor.isTerminated()) {
            LOG.warn("{} threads are stuck in a call that cannot be interrupted", executor.getActiveCount());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
