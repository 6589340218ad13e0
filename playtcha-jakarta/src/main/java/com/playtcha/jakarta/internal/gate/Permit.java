package com.playtcha.jakarta.internal.gate;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One permit of a bulkhead, which is released once however often {@link #release} is called. Thread-safe. */
final class Permit {
    private final Semaphore bulkhead;
    private final AtomicBoolean released = new AtomicBoolean();

    private Permit(Semaphore bulkhead) {
        this.bulkhead = bulkhead;
    }

    /** Returns null if no permit is left. */
    static @Nullable Permit tryAcquire(Semaphore bulkhead) {
        // Allocate before acquiring: an OutOfMemoryError afterwards would lose the permit.
        Permit permit = new Permit(bulkhead);
        return bulkhead.tryAcquire() ? permit : null;
    }

    void release() {
        if (released.compareAndSet(false, true)) {
            bulkhead.release();
        }
    }
}
