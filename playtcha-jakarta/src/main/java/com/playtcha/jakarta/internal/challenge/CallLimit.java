package com.playtcha.jakarta.internal.challenge;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Limits how many calls of the application's policies and counter are in progress for one guard. They run before the
 * bulkhead; without a limit of their own, one that hangs would take every request thread. Thread-safe.
 */
final class CallLimit {
    private final int max;
    private final Semaphore permits;

    CallLimit(int max) {
        this.max = max;
        this.permits = new Semaphore(max);
    }

    /** Makes the call; throws an {@link IllegalStateException} instead if too many are in progress. */
    <T> T call(Supplier<T> call) {
        if (!permits.tryAcquire()) {
            throw new IllegalStateException(max + " calls of it are in progress, as max-concurrent allows");
        }
        try {
            return call.get();
        } finally {
            permits.release();
        }
    }
}
