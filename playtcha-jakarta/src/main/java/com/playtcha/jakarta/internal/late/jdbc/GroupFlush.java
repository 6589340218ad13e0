package com.playtcha.jakarta.internal.late.jdbc;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;

/** Flushes the commits of several threads at once: a flush serves all callers that waited when it began. Thread-safe. */
final class GroupFlush {
    private final Flush flush;
    private final AtomicLong requested = new AtomicLong();
    private final Object flushing = new Object();
    /** Guarded by the monitor. */
    private long flushed;

    GroupFlush(Flush flush) {
        this.flush = flush;
    }

    /** Makes all earlier commits durable. */
    interface Flush {
        void run() throws SQLException;
    }

    /** Returns when a flush that began after the call has ended; not interruptible, since the caller has committed. */
    void await() throws SQLException {
        long mine = requested.incrementAndGet();
        synchronized (flushing) {
            if (flushed < mine) {
                long served = requested.get();
                flush.run();
                flushed = served;
            }
        }
    }
}
