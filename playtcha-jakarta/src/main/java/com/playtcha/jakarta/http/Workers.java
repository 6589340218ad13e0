package com.playtcha.jakarta.http;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Daemon threads, started when needed and gone when idle: for calls, and for telling what came of them. */
final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final ThreadPoolExecutor executor;
    private final Threads threads;
    private final ReadWriteLock starting = new ReentrantReadWriteLock();

    /**
     * Starts no thread yet. How many there are at once is bounded by who calls: a bound here as well would refuse work
     * while a thread is on its way from one task to the next.
     *
     * @param kind part of the threads' names
     * @param onThreadEnd runs on a thread that ends, having been idle
     */
    Workers(String kind, Runnable onThreadEnd) {
        this.threads = new Threads(kind, onThreadEnd);
        this.executor =
                new ThreadPoolExecutor(
                        0,
                        Integer.MAX_VALUE,
                        IDLE.toMillis(),
                        TimeUnit.MILLISECONDS,
                        new SynchronousQueue<>(),
                        threads) {
                    @Override
                    protected void afterExecute(Runnable work, @Nullable Throwable thrown) {
                        // The application's code may have left another one.
                        Threads.setOwnContext(Thread.currentThread());
                    }
                };
    }

    /** Runs it now; false when closed. */
    boolean tryRun(Runnable work) {
        starting.readLock().lock();
        try {
            executor.execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        } finally {
            starting.readLock().unlock();
        }
    }

    /** Interrupts all threads; returns when they have ended, or when patience has. */
    void close(Deadline patience) {
        stop(true);
        int stuck = threads.awaitEnd(patience);
        if (stuck > 0) {
            LOG.warn("{} threads are stuck in a call that cannot be interrupted", stuck);
        }
    }

    /** The same, but lets them finish what they are at for a while first. */
    void close(Deadline grace, Deadline patience) {
        stop(false);
        if (threads.awaitEnd(grace) > 0) {
            close(patience);
        }
    }

    private void stop(boolean interrupt) {
        // The executor starts a thread after it has counted it: none may be on its way when they are waited for.
        starting.writeLock().lock();
        try {
            if (interrupt) {
                executor.shutdownNow();
            } else {
                executor.shutdown();
            }
        } finally {
            starting.writeLock().unlock();
        }
    }
}
