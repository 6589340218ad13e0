package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.threads.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * On a thread of its own, which runs no code but this library's to find out what is next: that of the JDK's executors is
 * shared with the whole server ({@link com.playtcha.jakarta.internal.threads.WorkerPool}).
 */
final class Ticker implements Ticks {
    private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);

    private final DaemonThreads threads =
            new DaemonThreads("late-tick", Thread.currentThread().getContextClassLoader());
    private volatile @Nullable Thread thread;
    private volatile boolean woken;
    private volatile boolean stopped;

    @Override
    public void start(Duration interval, Look look) {
        thread = threads.start(() -> work(interval.toNanos(), look));
    }

    private void work(long interval, Look look) {
        long next = System.nanoTime() + interval;
        while (!stopped) {
            long left = next - System.nanoTime();
            if (left > 0 && !woken) {
                // Waits without needing memory: one that died for want of it would not be missed.
                LockSupport.parkNanos(this, left);
                // Nobody is to interrupt this thread; a handler that ran on it may have left this.
                Thread.interrupted();
                continue;
            }
            woken = false;
            try {
                look.look(left > 0);
            } catch (RuntimeException | Error e) {
                report(e);
            }
            if (left <= 0) {
                next = System.nanoTime() + interval;
            }
        }
    }

    private static void report(Throwable failure) {
        try {
            LOG.error("A look at late results failed, and comes again", failure);
        } catch (RuntimeException | Error e) {
            // Not even the log is there, or the memory for a line.
        }
    }

    @Override
    public void wake() {
        woken = true;
        LockSupport.unpark(thread);
    }

    @Override
    public void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    @Override
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        return threads.awaitEnd(limit) == 0;
    }
}
