package com.playtcha.jakarta.internal.threads;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool of daemon threads that start on demand and end when idle. It replaces {@code ThreadPoolExecutor}, whose loop is
 * shared with the server: compiled after many tasks, it refers to their classes, and a server thread that idles in it
 * keeps the class loader of an undeployed application reachable.
 */
public final class WorkerPool implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

    private final DaemonThreads threads;
    private final int maxThreads;
    private final int queueCapacity;
    private final long idleNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded by the lock. Linked, so that running out of memory in an insertion leaves it intact. */
    private final Queue<Runnable> queue = new LinkedBlockingQueue<>();

    private int alive;
    private int busy;
    private boolean stopped;

    /**
     * Creates a pool without threads.
     *
     * @param threads used by this pool only
     * @param queueCapacity tasks that wait while all threads are busy; may be 0
     * @param idle how long a thread without work stays
     */
    public WorkerPool(DaemonThreads threads, int maxThreads, int queueCapacity, Duration idle) {
        this.threads = threads;
        this.maxThreads = maxThreads;
        this.queueCapacity = queueCapacity;
        this.idleNanos = idle.toNanos();
    }

    /**
     * Runs the task on a thread of this pool, and logs what it throws. Returns false, and never runs it, if all threads
     * are busy and the queue is full, or after a stop. Throws only if there is no memory for a thread.
     */
    public boolean tryExecute(Runnable task) {
        lock.lock();
        try {
            if (stopped) {
                return false;
            }
            int idle = alive - busy;
            if (queue.size() >= idle) {
                if (alive < maxThreads) {
                    threads.start(this::runWorker);
                    alive++;
                } else if (queue.size() - idle >= queueCapacity) {
                    return false;
                }
            }
            queue.add(task);
            changed.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #tryExecute}, with a {@link RejectedExecutionException} instead of false. */
    @Override
    public void execute(Runnable task) {
        if (!tryExecute(task)) {
            throw new RejectedExecutionException("all " + maxThreads + " threads are busy, or the pool is stopped");
        }
    }

    private void runWorker() {
        while (runNext()) {
            // A task must not stay on the stack of a thread that waits for the next one.
        }
    }

    private boolean runNext() {
        Runnable task = next();
        if (task == null) {
            return false;
        }
        try {
            task.run();
        } catch (Throwable e) {
            report(e);
        } finally {
            threads.resetContextClassLoader();
            lock.lock();
            busy--;
            lock.unlock();
        }
        return true;
    }

    /** Logs what a task threw. Never throws, since the thread has other tasks to run. */
    static void report(Throwable failure) {
        try {
            LOG.error("A task on a library thread failed", failure);
        } catch (RuntimeException | Error e) {
            // There may be no memory, or no logger while the application is being undeployed.
        }
    }

    /** Returns null if the thread has to end; it is no longer counted then. */
    private @Nullable Runnable next() {
        lock.lock();
        boolean ends = true;
        try {
            long left = idleNanos;
            while (queue.isEmpty() && !stopped && left > 0) {
                try {
                    left = changed.awaitNanos(left);
                } catch (InterruptedException e) {
                    // An interrupt is meant for a task; a stop is seen in the loop's condition.
                }
            }
            Runnable task = queue.poll();
            if (task != null) {
                ends = false;
                busy++;
                // The interrupt of an earlier task is not the next one's.
                Thread.interrupted();
            }
            return task;
        } finally {
            if (ends) {
                alive--;
            }
            lock.unlock();
        }
    }

    /** Accepts no more tasks; those accepted are run. Returns at once. */
    public void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Accepts no more tasks, interrupts those under way and drops those that wait. Returns at once. */
    public void stopNow() {
        lock.lock();
        try {
            stop();
            queue.clear();
            threads.interruptAll();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link DaemonThreads#awaitEnd}; to be called after a stop. */
    public int awaitEnd(Duration limit) {
        return threads.awaitEnd(limit);
    }
}
