package com.playtcha.jakarta.internal.threads;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs short tasks after a delay on one daemon thread, which exists while there are any. Closing runs the rest at once.
 * Thread-safe.
 */
public final class DelayedTasks implements AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final DaemonThreads threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded by the lock, as are the flags. */
    private final Queue<Task> tasks = new PriorityQueue<>();

    private boolean running;
    private boolean closed;

    private record Task(long dueAt, Runnable work) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            return Long.signum(dueAt - other.dueAt);
        }
    }

    /** Starts no thread yet; the group is used by this instance only. */
    public DelayedTasks(DaemonThreads threads) {
        this.threads = threads;
    }

    /** Returns false, and never runs the task, after a close or if there is no memory for a thread. */
    public boolean trySchedule(Duration delay, Runnable task) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            if (!running) {
                threads.start(this::run);
                running = true;
            }
            tasks.add(new Task(System.nanoTime() + delay.toNanos(), task));
            changed.signal();
            return true;
        } catch (OutOfMemoryError noThread) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        for (Task task = next(); task != null; task = next()) {
            try {
                task.work.run();
            } catch (Throwable e) {
                WorkerPool.report(e);
            }
        }
    }

    /** Returns null if the thread has to end. */
    private @Nullable Task next() {
        lock.lock();
        try {
            for (Task first = tasks.peek(); first != null; first = tasks.peek()) {
                long left = closed ? 0 : first.dueAt - System.nanoTime();
                if (left <= 0) {
                    return tasks.poll();
                }
                try {
                    changed.awaitNanos(left);
                } catch (InterruptedException e) {
                    // Nobody interrupts this thread on purpose; a close is seen in the loop.
                }
            }
            running = false;
            return null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        threads.awaitEnd(CLOSE_TIMEOUT);
    }
}
