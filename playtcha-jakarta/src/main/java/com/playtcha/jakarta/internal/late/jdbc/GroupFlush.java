package com.playtcha.jakarta.internal.late.jdbc;

import java.sql.SQLException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes out what several threads committed with one flush. A flush serves everybody who came before it began: one
 * thread flushes, those who come meanwhile wait for the next flush, which one of them makes. Thread-safe.
 */
final class GroupFlush {
    private final Flush flush;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private boolean running;
    private Round gathering = new Round();

    GroupFlush(Flush flush) {
        this.flush = flush;
    }

    /** Makes all that was committed before it is called survive the death of the process. */
    interface Flush {
        void run() throws SQLException;
    }

    /** Those whom one flush serves. */
    private static final class Round {
        private boolean done;
        private @Nullable Throwable failure;
    }

    /**
     * Returns when a flush that began after the call has ended. Not interruptible: who waits has committed, and is to
     * know whether that will last.
     *
     * @throws SQLException when that flush failed
     */
    void await() throws SQLException {
        Round round;
        lock.lock();
        try {
            round = gathering;
            while (running && !round.done) {
                ended.awaitUninterruptibly();
            }
            if (round.done) {
                throwFailure(round);
                return;
            }
            running = true;
            gathering = new Round();
        } finally {
            lock.unlock();
        }
        Throwable failure = null;
        try {
            flush.run();
        } catch (Throwable e) {
            failure = e;
            throw e;
        } finally {
            lock.lock();
            try {
                running = false;
                round.done = true;
                round.failure = failure;
                ended.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** How many wait. */
    int waiting() {
        lock.lock();
        try {
            return lock.getWaitQueueLength(ended);
        } finally {
            lock.unlock();
        }
    }

    private static void throwFailure(Round round) throws SQLException {
        Throwable failure = round.failure;
        if (failure instanceof SQLException e) {
            throw new SQLException("another thread's flush failed", e.getSQLState(), e.getErrorCode(), e);
        }
        if (failure != null) {
            throw new SQLException("another thread's flush failed", failure);
        }
    }
}
