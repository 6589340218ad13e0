package com.playtcha.jakarta.internal.late.jdbc;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many untracked items wait, about: counted with the statistics, and raised by what this node adds in between, so that
 * an arrival costs no count. Thread-safe.
 */
final class UntrackedCount {
    private final AtomicLong estimate = new AtomicLong();
    private volatile int most;

    /** Counts items up to a limit. */
    interface Counter {
        long count(int most) throws SQLException;
    }

    /** Returns whether one more may be added, which then counts as done. */
    boolean tryAdd(int limit) {
        most = limit;
        boolean hasRoom = estimate.get() < limit;
        if (hasRoom) {
            estimate.incrementAndGet();
        }
        return hasRoom;
    }

    /** Replaces the estimate by a count up to the limit, once that is known. */
    void correct(Counter counter) throws SQLException {
        int limit = most;
        estimate.set(limit == 0 ? 0 : counter.count(limit));
    }
}
