package com.playtcha.jakarta.internal.gate;

import java.time.Duration;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * A clock that stands while calls run, which may run at once. A call that reads the clock before a second passes, and ends
 * after it, is right and yet has no moment at which it could have happened as a whole.
 */
final class StandingTicker {
    final TestTicker ticker = new TestTicker();
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    <T> T during(Supplier<T> call) {
        lock.readLock().lock();
        try {
            return call.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    void advance(Duration by) {
        lock.writeLock().lock();
        try {
            ticker.advance(by);
        } finally {
            lock.writeLock().unlock();
        }
    }
}
