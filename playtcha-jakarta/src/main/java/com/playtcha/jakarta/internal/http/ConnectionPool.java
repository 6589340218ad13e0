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
import org.apache.hc.core5.util.TimeValue;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections to one target. A connection is leased again only after it was idle for a millisecond, in which a
 * server's close or stray bytes behind its response arrive, and was found clean.
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
    private static final Duration DISTRUST = Duration.ofSeconds(10);

    private final ReentrantLock lock = new ReentrantLock();
    /** Idle for less than the quiet millisecond; the oldest first. */
    private final Deque<UpstreamConnection> resting = new ArrayDeque<>();
    /** The youngest first, so that connections beyond the present need expire. */
    private final Deque<UpstreamConnection> ready = new ArrayDeque<>();

    private int capacity;
    private int leased;
    private boolean closed;
    private volatile @Nullable Deadline distrustedUntil;

    ConnectionPool(int capacity) {
        this.capacity = capacity;
    }

    void grow(int more) {
        lock.lock();
        capacity += more;
        lock.unlock();
    }

    /**
     * Leases a clean idle connection, waiting for the rest of a quiet millisecond if the pool is full. Returns null if
     * the caller has to open one. Either is followed by one call of {@link #release}.
     */
    @Nullable
    UpstreamConnection lease(RunningCall call) throws IOException {
        while (true) {
            call.throwIfEnded();
            UpstreamConnection connection;
            long wait = 0;
            lock.lock();
            try {
                long now = System.nanoTime();
                wakeRested(now);
                connection = ready.poll();
                boolean isFull = leased + resting.size() >= capacity;
                if (connection == null && isFull && !resting.isEmpty()) {
                    wait = QUIET_NANOS - resting.element().idleNanos(now);
                } else {
                    leased++;
                }
            } finally {
                lock.unlock();
            }
            if (wait > 0) {
                LockSupport.parkNanos(this, wait);
            } else if (connection == null || isUsable(connection)) {
                return connection;
            } else {
                release(connection, null);
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
     * Ends a lease.
     *
     * @param connection null if none was opened
     * @param keepAlive how long the server keeps the connection; null closes it
     */
    void release(@Nullable UpstreamConnection connection, @Nullable TimeValue keepAlive) {
        boolean keep = connection != null && keepAlive != null && !isDistrusted();
        lock.lock();
        try {
            leased--;
            keep = keep && !closed && leased + resting.size() + ready.size() < capacity;
            if (connection != null && keepAlive != null && keep) {
                Duration limit = Duration.ofMillis(Math.min(MAX_IDLE.toMillis(), keepAlive.toMilliseconds()));
                connection.becomeIdle(System.nanoTime(), limit);
                resting.add(connection);
            }
        } finally {
            lock.unlock();
        }
        if (connection != null && !keep) {
            connection.close(CloseMode.IMMEDIATE);
        }
    }

    /** Records that the server cannot be relied on to keep a connection as it left it. */
    void distrust() {
        distrustedUntil = Deadline.in(DISTRUST);
    }

    private boolean isDistrusted() {
        Deadline until = distrustedUntil;
        return until != null && until.nanosLeft() > 0;
    }

    /** Closes what has expired; returns whether any connection is left. */
    boolean closeExpired() {
        return close(false);
    }

    /** Closes all idle connections, and from now on those that are released. */
    void close() {
        close(true);
    }

    private boolean close(boolean all) {
        List<UpstreamConnection> removed = new ArrayList<>();
        lock.lock();
        try {
            closed |= all;
            long now = System.nanoTime();
            wakeRested(now);
            if (all) {
                removed.addAll(resting);
                resting.clear();
            }
            ready.removeIf(connection -> (all || connection.isExpired(now)) && removed.add(connection));
            return !ready.isEmpty() || !resting.isEmpty();
        } finally {
            lock.unlock();
            removed.forEach(connection -> connection.close(CloseMode.IMMEDIATE));
        }
    }
}
