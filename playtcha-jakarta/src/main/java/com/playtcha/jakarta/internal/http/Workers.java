package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.threads.WorkerPool;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads for calls, and for telling what came of them. */
final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final WorkerPool pool;

    /**
     * Starts no thread yet. How many there are at once is bounded by who calls: a bound here as well would refuse work
     * while a thread is on its way from one task to the next.
     *
     * @param kind part of the threads' names
     * @param onThreadEnd runs on a thread that ends, having been idle
     */
    Workers(String kind, Runnable onThreadEnd) {
        DaemonThreads threads = new DaemonThreads(kind, Workers.class.getClassLoader(), onThreadEnd);
        this.pool = new WorkerPool(threads, Integer.MAX_VALUE, 0, IDLE);
    }

    /** Runs it now; false when closed. */
    boolean tryRun(Runnable work) {
        return pool.tryRun(work);
    }

    /** Interrupts all threads; returns when they have ended, or when patience has. */
    void close(Deadline patience) {
        pool.stopNow();
        int stuck = pool.awaitEndUninterruptibly(patience.left());
        if (stuck > 0) {
            LOG.warn("{} threads are stuck in a call that cannot be interrupted", stuck);
        }
    }

    /** The same, but lets them finish what they are at for a while first. */
    void close(Deadline grace, Deadline patience) {
        pool.stop();
        if (pool.awaitEndUninterruptibly(grace.left()) > 0) {
            close(patience);
        }
    }
}
