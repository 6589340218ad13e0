package com.playtcha.jakarta.late.engine;

import com.playtcha.jakarta.threads.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * On a thread of its own, which runs no code but this library's to find out what is next: that of the JDK's executors
 * is shared with the whole server ({@link com.playtcha.jakarta.threads.WorkerPool}).
 */
final class Ticker implements Ticks {
    private final DaemonThreads threads =
            new DaemonThreads("late-tick", Thread.currentThread().getContextClassLoader());
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean woken;
    private boolean stopped;

    @Override
    public void start(Duration interval, Look look) {
        threads.newThread(() -> work(interval.toNanos(), look)).start();
    }

    private void work(long interval, Look look) {
        long next = System.nanoTime() + interval;
        while (true) {
            boolean early;
            lock.lock();
            try {
                await(next);
                if (stopped) {
                    return;
                }
                early = next - System.nanoTime() > 0;
                woken = false;
            } finally {
                lock.unlock();
            }
            look.look(early);
            if (!early) {
                next = System.nanoTime() + interval;
            }
        }
    }

    private void await(long next) {
        long left = next - System.nanoTime();
        while (!stopped && !woken && left > 0) {
            try {
                left = changed.awaitNanos(left);
            } catch (InterruptedException e) {
                // Nobody is to interrupt this thread; a handler that ran on it may have left this.
                left = next - System.nanoTime();
            }
        }
    }

    @Override
    public void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        return threads.awaitEnd(limit) == 0;
    }
}
