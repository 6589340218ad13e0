package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.threads.DaemonThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Ends the calls under way at their deadlines, and has the pool close expired connections. Its one daemon thread exists
 * while there is either. Thread-safe.
 */
final class CallWatchdog {
    private static final Duration MAX_SLEEP = Duration.ofSeconds(30);
    private static final long RETRY_NANOS = Duration.ofMillis(10).toNanos();

    private final DaemonThreads threads;
    private final ReentrantLock lock = new ReentrantLock();
    /** By deadline: a call is added later than it began, for instance by its wait for the secret's file. */
    private final Set<RunningCall> calls = new TreeSet<>(RunningCall::compareDeadline);
    /** The timeout, so that hardly any call that begins while the thread sleeps is due before it wakes up. */
    private final long sleepNanos;
    /** Guarded by the lock. */
    private long wakesAt;

    private long added;

    private final ConnectionPool pool;
    private @Nullable Thread timer;
    private volatile boolean closed;

    /** Starts no thread yet. */
    CallWatchdog(Duration timeout, ConnectionPool pool, DaemonThreads threads) {
        this.sleepNanos = Math.min(timeout.toNanos(), MAX_SLEEP.toNanos());
        this.pool = pool;
        this.threads = threads;
    }

    boolean isClosed() {
        return closed;
    }

    /** Adds a call, to be removed when the pool has its connection back. Ends it, and throws, after a stop. */
    void add(RunningCall call) throws IOException {
        lock.lock();
        try {
            if (closed) {
                call.end(RunningCall.End.CLOSED);
                call.throwIfEnded();
            }
            // Before the call is added: it would stay if there were no memory for a thread.
            startTimer();
            call.number = ++added;
            calls.add(call);
            if (call.nanosLeft() < wakesAt - System.nanoTime()) {
                LockSupport.unpark(timer);
            }
        } finally {
            lock.unlock();
        }
    }

    void remove(RunningCall call) {
        lock.lock();
        calls.remove(call);
        lock.unlock();
    }

    private void startTimer() {
        if (timer == null && !closed) {
            timer = threads.start("timer", this::watch);
        }
    }

    private void watch() {
        try {
            for (long sleep = tryEndOverdue(); sleep > 0; sleep = tryEndOverdue()) {
                LockSupport.parkNanos(this, sleep);
                // A thread that stays interrupted would not sleep again.
                Thread.interrupted();
            }
        } finally {
            lock.lock();
            try {
                timer = null;
                // A call that came meanwhile has seen a timer.
                if (!calls.isEmpty() || !pool.isEmpty()) {
                    startTimer();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** A thread that ended for lack of memory would leave the calls without a deadline, and there may be none for another. */
    private long tryEndOverdue() {
        try {
            return endOverdue();
        } catch (OutOfMemoryError e) {
            return RETRY_NANOS;
        }
    }

    /** Ends what is overdue; returns how long the timer may sleep, 0 if it is not needed. */
    private long endOverdue() {
        List<RunningCall> overdue = new ArrayList<>();
        long sleep = sleepNanos;
        lock.lock();
        try {
            for (RunningCall call : calls) {
                long left = call.nanosLeft();
                if (left > 0) {
                    sleep = Math.min(sleep, left);
                    break;
                }
                overdue.add(call);
            }
            wakesAt = System.nanoTime() + sleep;
            // Calls leave after the pool has their connections, so one of the two keeps the thread alive.
            if (closed || (calls.isEmpty() && pool.isEmpty())) {
                sleep = 0;
            }
        } finally {
            lock.unlock();
        }
        overdue.forEach(call -> call.end(RunningCall.End.TIMEOUT));
        pool.closeExpired();
        return sleep;
    }

    /** Ends all calls, and those that are added later. Returns at once. */
    void stop() {
        List<RunningCall> running;
        lock.lock();
        try {
            closed = true;
            running = List.copyOf(calls);
            LockSupport.unpark(timer);
        } finally {
            lock.unlock();
        }
        running.forEach(call -> call.end(RunningCall.End.CLOSED));
    }
}
