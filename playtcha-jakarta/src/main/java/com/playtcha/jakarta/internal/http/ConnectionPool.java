package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.threads.DaemonThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.jspecify.annotations.Nullable;

/**
 * The calls under way to one target, and its idle connections. A connection is leased again only after it was idle for a
 * millisecond, in which a server's close or stray bytes behind its response arrive, and was found clean. One daemon
 * thread, which exists while there are calls or idle connections, ends both when their time is over. Thread-safe.
 */
final class ConnectionPool {
    private static final long QUIET_NANOS = Duration.ofMillis(1).toNanos();
    /** Firewalls and balancers drop idle connections without a sign; few do so within this time. */
    private static final Duration MAX_IDLE = Duration.ofSeconds(30);
    /** A connection that ends unannounced later than this after a response has run into an ordinary idle timeout. */
    private static final long SOON_NANOS = Duration.ofSeconds(1).toNanos();

    /**
     * How long no connection is reused after the server closed one, or sent stray bytes, right behind a response: it may
     * do so each time, and a little later than the quiet millisecond.
     */
    private static final long DISTRUST_NANOS = Duration.ofSeconds(10).toNanos();

    private final DaemonThreads threads = new DaemonThreads("timer", ConnectionPool.class.getClassLoader());
    private final ReentrantLock lock = new ReentrantLock();
    /** The oldest first: all have the same timeout, so none behind one that is not overdue is overdue. */
    private final Set<RunningCall> calls = new LinkedHashSet<>();
    /** Idle for less than the quiet millisecond; the oldest first. */
    private final Deque<UpstreamConnection> resting = new ArrayDeque<>();
    /** The youngest first, so that connections beyond the present need expire. */
    private final Deque<UpstreamConnection> ready = new ArrayDeque<>();
    /** The timeout, so that no call that begins while the timer sleeps is due before it wakes up. */
    private final long sleepNanos;

    private int capacity;
    private @Nullable Thread timer;
    private volatile boolean closed;
    private volatile boolean distrusted;
    private volatile long distrustedAt;

    /** Opens nothing and starts no thread yet. */
    ConnectionPool(Duration timeout, int capacity) {
        this.sleepNanos = Math.min(timeout.toNanos(), MAX_IDLE.toNanos());
        this.capacity = capacity;
    }

    void grow(int more) {
        lock.lock();
        capacity += more;
        lock.unlock();
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Adds a call and leases a clean idle connection to it, waiting for the rest of a quiet millisecond if the pool is
     * full. Returns null if the caller has to open one. Followed by {@link #release}, also if this throws.
     */
    @Nullable
    UpstreamConnection lease(RunningCall call) throws IOException {
        while (true) {
            UpstreamConnection connection;
            long wait = 0;
            lock.lock();
            try {
                if (closed) {
                    call.end(RunningCall.End.CLOSED);
                }
                call.throwIfEnded();
                calls.add(call);
                startTimer();
                wakeRested(System.nanoTime());
                connection = ready.poll();
                boolean isFull = calls.size() + resting.size() > capacity;
                if (connection == null && isFull && !resting.isEmpty()) {
                    wait = QUIET_NANOS - resting.element().idleNanos(System.nanoTime());
                }
            } finally {
                lock.unlock();
            }
            if (wait > 0) {
                LockSupport.parkNanos(this, wait);
            } else if (connection == null || isUsable(connection)) {
                return connection;
            } else {
                connection.close(CloseMode.IMMEDIATE);
            }
        }
    }

    private void wakeRested(long now) {
        while (!resting.isEmpty() && resting.element().idleNanos(now) >= QUIET_NANOS) {
            ready.push(resting.remove());
        }
    }

    private boolean isUsable(UpstreamConnection connection) {
        long now = System.nanoTime();
        if (isDistrusted() || connection.isExpired(now)) {
            return false;
        }
        boolean clean = false;
        try {
            clean = connection.isClean();
        } catch (IOException | RuntimeException e) {
            // A connection that cannot be probed is not used.
        }
        if (!clean && connection.idleNanos(now) < SOON_NANOS) {
            distrust();
        }
        return clean;
    }

    /**
     * Removes a call, and keeps its connection or closes it.
     *
     * @param keepAlive how long the server keeps the connection; null closes it
     */
    void release(RunningCall call, @Nullable TimeValue keepAlive) {
        UpstreamConnection kept = keepAlive != null && !isDistrusted() && call.complete() ? call.connection : null;
        lock.lock();
        try {
            calls.remove(call);
            if (closed || calls.size() + resting.size() + ready.size() >= capacity) {
                kept = null;
            }
            if (kept != null && keepAlive != null) {
                Duration limit = Duration.ofMillis(Math.min(MAX_IDLE.toMillis(), keepAlive.toMilliseconds()));
                kept.becomeIdle(System.nanoTime(), limit);
                resting.add(kept);
            }
        } finally {
            lock.unlock();
            // If the call did not complete, this closes also what it left behind without a connection.
            call.end(RunningCall.End.COMPLETE);
            if (kept == null && call.connection != null) {
                call.connection.close(CloseMode.IMMEDIATE);
            }
        }
    }

    /** Records that the server cannot be relied on to keep a connection as it left it. */
    void distrust() {
        distrustedAt = System.nanoTime();
        distrusted = true;
    }

    private boolean isDistrusted() {
        return distrusted && System.nanoTime() - distrustedAt < DISTRUST_NANOS;
    }

    private void startTimer() {
        if (timer == null && !closed) {
            timer = threads.start(this::watch);
        }
    }

    private void watch() {
        try {
            for (long sleep = endOverdue(); sleep > 0; sleep = endOverdue()) {
                LockSupport.parkNanos(this, sleep);
            }
        } finally {
            lock.lock();
            try {
                timer = null;
                // A call that was added meanwhile has seen a timer.
                if (!calls.isEmpty()) {
                    startTimer();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Ends what is overdue; returns how long the timer may sleep, 0 if it is not needed. */
    private long endOverdue() {
        List<RunningCall> overdue = new ArrayList<>();
        List<UpstreamConnection> expired = new ArrayList<>();
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
            long now = System.nanoTime();
            wakeRested(now);
            ready.removeIf(connection -> connection.isExpired(now) && expired.add(connection));
            if (closed || (calls.isEmpty() && resting.isEmpty() && ready.isEmpty())) {
                sleep = 0;
            }
        } finally {
            lock.unlock();
        }
        overdue.forEach(call -> call.end(RunningCall.End.TIMEOUT));
        expired.forEach(connection -> connection.close(CloseMode.IMMEDIATE));
        return sleep;
    }

    /** Ends all calls, and those that are added later, and closes all connections. Returns at once. */
    void stop() {
        List<RunningCall> running;
        List<UpstreamConnection> idle;
        lock.lock();
        try {
            closed = true;
            running = List.copyOf(calls);
            idle = new ArrayList<>(resting);
            idle.addAll(ready);
            resting.clear();
            ready.clear();
            LockSupport.unpark(timer);
        } finally {
            lock.unlock();
        }
        running.forEach(call -> call.end(RunningCall.End.CLOSED));
        idle.forEach(connection -> connection.close(CloseMode.IMMEDIATE));
    }

    /** Joins the timer; to be called after {@link #stop}. */
    void awaitEnd(Duration limit) {
        threads.awaitEnd(limit);
    }
}
