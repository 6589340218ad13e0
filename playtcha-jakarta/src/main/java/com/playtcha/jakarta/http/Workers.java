package com.playtcha.jakarta.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon threads on which calls run, started when needed and gone when idle. */
final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final ThreadPoolExecutor executor;
    private final ReadWriteLock starting = new ReentrantReadWriteLock();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

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
                    threads.removeIf(old -> old.getState() == Thread.State.TERMINATED);
                    threads.add(thread);
                    return thread;
                });
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

    /** Ends all threads; returns when they have ended, or after some seconds of trying. */
    void close() {
        // The executor starts a thread after it has counted it: none may be on its way when they are waited for.
        starting.writeLock().lock();
        try {
            executor.shutdownNow();
        } finally {
            starting.writeLock().unlock();
        }
        boolean interrupted = false;
        long end = System.nanoTime() + PATIENCE.toNanos();
        // The executor counts a thread as gone a moment before it is; a class loader must not wait for that moment.
        for (Thread thread : threads) {
            while (thread.isAlive() && end - System.nanoTime() > 0) {
                try {
                    TimeUnit.NANOSECONDS.timedJoin(thread, end - System.nanoTime());
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        long stuck = threads.stream().filter(Thread::isAlive).count();
        if (stuck > 0) {
            LOG.warn("{} threads are stuck in a call that cannot be interrupted", stuck);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
