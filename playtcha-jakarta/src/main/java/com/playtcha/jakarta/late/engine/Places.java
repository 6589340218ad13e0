package com.playtcha.jakarta.late.engine;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bounds how many items are worked on at once, and runs them on the engine's executor. Thread-safe. */
final class Places {
    private static final Logger LOG = LoggerFactory.getLogger(Places.class);

    private final Parts parts;
    private final int most;
    private final Semaphore free;
    private volatile boolean moreIsDue;

    Places(Parts parts, int most) {
        this.parts = parts;
        this.most = most;
        this.free = new Semaphore(most);
    }

    int free() {
        return free.availablePermits();
    }

    boolean tryTake() {
        return free.tryAcquire();
    }

    void give() {
        free.release();
    }

    /** Notes whether more was due than there were places for: then a place that becomes free is filled at once. */
    void moreIsDue(boolean value) {
        moreIsDue = value;
    }

    /**
     * Runs something in a place that was taken, and gives the place back.
     *
     * @param giveBack what to do instead where the executor takes nothing
     * @return whether the executor took it
     */
    boolean run(Runnable work, Runnable giveBack) {
        try {
            parts.executor.execute(() -> {
                try {
                    (parts.isClosed() ? giveBack : work).run();
                } catch (RuntimeException | Error e) {
                    LOG.error("The engine of late results failed at an item, which it will come back to", e);
                } finally {
                    give();
                    if (moreIsDue && free() * 2 >= most) {
                        parts.wake();
                    }
                }
            });
            return true;
        } catch (RuntimeException | Error e) {
            // Refused, or no thread could be made for it, or the component of a managed executor is stopped.
            give();
            giveBack.run();
            if (!parts.isClosed() && parts.teller.mayLog("refused work", parts.now()) > 0) {
                LOG.warn("The executor takes no work of late results, which is tried again: {}", e.toString());
            }
            return false;
        }
    }

    /** Whether all work has ended within this time. */
    boolean awaitEmpty(Duration limit) {
        try {
            if (!free.tryAcquire(most, limit.toNanos(), TimeUnit.NANOSECONDS)) {
                return false;
            }
            free.release(most);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
