package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.threads.DaemonThreads;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends calls at their deadline: one daemon thread, which exists while there are calls or idle connections. All calls have
 * the same timeout, so that a call that begins while the thread sleeps is never due before the thread wakes up.
 */
final class DeadlineTimer {
    private static final Duration MAX_SLEEP = Duration.ofSeconds(30);

    private final DaemonThreads threads = new DaemonThreads("timer", DeadlineTimer.class.getClassLoader());
    private final Set<RunningCall> calls = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final long sleepNanos;
    private final BooleanSupplier housekeeping;
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    /**
     * Starts no thread yet.
     *
     * @param housekeeping run whenever the thread wakes up; returns whether it has to be run again
     */
    DeadlineTimer(Duration timeout, BooleanSupplier housekeeping) {
        this.sleepNanos = Math.min(timeout.toNanos(), MAX_SLEEP.toNanos());
        this.housekeeping = housekeeping;
    }

    /** To be removed when the call is over, also if this throws. */
    void add(RunningCall call) {
        calls.add(call);
        if (thread == null) {
            start();
        }
        if (closed) {
            call.end(RunningCall.End.CLOSED);
        }
    }

    void remove(RunningCall call) {
        calls.remove(call);
    }

    private void start() {
        lock.lock();
        try {
            if (thread == null && !closed) {
                thread = threads.start(this::run);
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            boolean needed = true;
            while (needed && !closed) {
                LockSupport.parkNanos(this, endOverdueCalls());
                needed = housekeeping.getAsBoolean() | !calls.isEmpty();
            }
        } finally {
            lock.lock();
            thread = null;
            lock.unlock();
        }
        // A call that was added meanwhile has seen a thread.
        if (!calls.isEmpty()) {
            start();
        }
    }

    /** Returns how long the thread may sleep. */
    private long endOverdueCalls() {
        long sleep = sleepNanos;
        for (RunningCall call : calls) {
            long left = call.deadline().nanosLeft();
            if (left <= 0) {
                call.end(RunningCall.End.TIMEOUT);
            } else {
                sleep = Math.min(sleep, left);
            }
        }
        return sleep;
    }

    /** Ends all calls, and those that are added later. */
    void stop() {
        closed = true;
        calls.forEach(call -> call.end(RunningCall.End.CLOSED));
        LockSupport.unpark(thread);
    }

    void close(Deadline patience) {
        stop();
        threads.awaitEndUninterruptibly(patience.left());
    }
}
