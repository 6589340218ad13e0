package com.playtcha.jakarta.internal.http;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections to one target. One is leased again only after it was idle for {@link #MIN_IDLE}, in which a
 * server's close or stray bytes behind its response arrive, and was found clean. Thread-safe.
 */
final class ConnectionPool {
    static final Duration MIN_IDLE = Duration.ofMillis(1);
    private static final long MIN_IDLE_NANOS = MIN_IDLE.toNanos();
    /**
     * How often a call that waits yields before it sleeps. On busy processors other threads use the time, and nobody has to
     * be woken; on idle ones a yield returns at once, so a few cost next to nothing.
     */
    private static final int MAX_YIELDS = 3;
    /** Firewalls and balancers drop idle connections without a sign; few do so within this time. */
    private static final Duration MAX_IDLE = Duration.ofSeconds(30);
    /** A connection that ends unannounced later than this after a response has run into an ordinary idle timeout. */
    private static final long EARLY_CLOSE_NANOS = Duration.ofSeconds(1).toNanos();

    /**
     * How long no connection is reused after the server closed one, or sent stray bytes, right behind a response: it may
     * do so each time, and a little later than {@link #MIN_IDLE}.
     */
    private static final long REUSE_SUSPENSION_NANOS = Duration.ofSeconds(10).toNanos();

    private final ReentrantLock lock = new ReentrantLock();
    /** Idle for less than {@link #MIN_IDLE}; the oldest first. */
    private final Deque<UpstreamConnection> settling = new ArrayDeque<>();
    /** The youngest first, so that connections beyond the present need expire. */
    private final Deque<UpstreamConnection> ready = new ArrayDeque<>();

    /** Connections that are leased or being opened. */
    private int leased;

    private int capacity;
    private boolean closed;
    private volatile boolean suspended;
    private volatile long suspendedAt;

    ConnectionPool(int capacity) {
        this.capacity = capacity;
    }

    void grow(int more) {
        lock.lock();
        capacity += more;
        lock.unlock();
    }

    /** Returns whether no connection is idle. */
    boolean isEmpty() {
        lock.lock();
        try {
            return settling.isEmpty() && ready.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Leases a clean idle connection to a call, or returns null if the caller has to open one. Where the pool is full, this
     * waits for a connection that is settling. Followed by {@link #release}, also if this throws.
     */
    @Nullable
    UpstreamConnection lease(RunningCall call) throws IOException {
        while (true) {
            UpstreamConnection connection = poll(call);
            if (connection == null) {
                return null;
            }
            call.attach(connection.channel);
            awaitMinIdle(connection);
            if (isUsable(connection)) {
                return connection;
            }
            connection.close(CloseMode.GRACEFUL);
        }
    }

    /** Removes the connection that a call gets; if the pool is full, the one that has been settling for longest. */
    private @Nullable UpstreamConnection poll(RunningCall call) {
        lock.lock();
        try {
            if (!call.counted) {
                call.counted = true;
                leased++;
            }
            promoteSettled(System.nanoTime());
            UpstreamConnection connection = ready.poll();
            boolean isFull = leased + settling.size() > capacity;
            return connection == null && isFull ? settling.poll() : connection;
        } finally {
            lock.unlock();
        }
    }

    private void awaitMinIdle(UpstreamConnection connection) {
        long wait = MIN_IDLE_NANOS - connection.idleNanos(System.nanoTime());
        // A call on an interrupted thread fails in any case.
        for (int yields = 0; wait > 0 && !Thread.currentThread().isInterrupted(); yields++) {
            if (yields < MAX_YIELDS) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(this, wait);
            }
            wait = MIN_IDLE_NANOS - connection.idleNanos(System.nanoTime());
        }
    }

    private void promoteSettled(long now) {
        while (!settling.isEmpty() && settling.element().idleNanos(now) >= MIN_IDLE_NANOS) {
            ready.push(settling.remove());
        }
    }

    private boolean isUsable(UpstreamConnection connection) {
        long now = System.nanoTime();
        if (isReuseSuspended() || connection.isExpired(now)) {
            return false;
        }
        boolean clean = false;
        try {
            clean = connection.isClean();
        } catch (IOException e) {
            // A connection that cannot be probed is not used.
        }
        if (!clean && connection.idleNanos(now) < EARLY_CLOSE_NANOS) {
            suspendReuse();
        }
        return clean;
    }

    /**
     * Takes back what was leased to a call, and keeps its connection or closes it.
     *
     * @param keepAlive how long the server keeps the connection; null if the response was not read to its end
     */
    void release(RunningCall call, @Nullable Duration keepAlive) {
        UpstreamConnection connection = call.connection;
        boolean isComplete = keepAlive != null && call.complete();
        boolean isSuspended = isReuseSuspended();
        boolean kept = false;
        lock.lock();
        try {
            leased -= call.counted ? 1 : 0;
            boolean hasRoom = !closed && leased + settling.size() + ready.size() < capacity;
            if (connection != null
                    && isComplete
                    && keepAlive != null
                    && !keepAlive.isZero()
                    && !isSuspended
                    && hasRoom) {
                connection.becomeIdle(System.nanoTime(), keepAlive.compareTo(MAX_IDLE) < 0 ? keepAlive : MAX_IDLE);
                settling.add(connection);
                kept = true;
            }
        } finally {
            lock.unlock();
            // If the call did not complete, this closes also what it left behind without a connection.
            call.end(RunningCall.End.COMPLETE);
            if (!kept && connection != null) {
                // While no connection is reused, an orderly close for each call would use up all ports with TIME_WAIT.
                connection.close(isComplete && !isSuspended ? CloseMode.GRACEFUL : CloseMode.IMMEDIATE);
            }
        }
    }

    /** Records that the server cannot be relied on to keep a connection as it left it. */
    void suspendReuse() {
        suspendedAt = System.nanoTime();
        suspended = true;
    }

    private boolean isReuseSuspended() {
        return suspended && System.nanoTime() - suspendedAt < REUSE_SUSPENSION_NANOS;
    }

    void closeExpired() {
        List<UpstreamConnection> expired = new ArrayList<>();
        lock.lock();
        try {
            long now = System.nanoTime();
            promoteSettled(now);
            ready.removeIf(connection -> connection.isExpired(now) && expired.add(connection));
        } finally {
            lock.unlock();
        }
        expired.forEach(connection -> connection.close(CloseMode.GRACEFUL));
    }

    /** Closes all idle connections, and those that are released later. Returns at once. */
    void stop() {
        List<UpstreamConnection> idle;
        lock.lock();
        try {
            closed = true;
            idle = new ArrayList<>(settling);
            idle.addAll(ready);
            settling.clear();
            ready.clear();
        } finally {
            lock.unlock();
        }
        idle.forEach(connection -> connection.close(CloseMode.GRACEFUL));
    }
}
