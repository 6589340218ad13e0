package com.playtcha.jakarta.internal.gate;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One permit of a bulkhead, given back once, however many ends its work may come to. Thread-safe. */
final class Permit {
    private final Semaphore bulkhead;
    private final AtomicBoolean given = new AtomicBoolean();

    private Permit(Semaphore bulkhead) {
        this.bulkhead = bulkhead;
    }

    /** Null where none is left. */
    static @Nullable Permit tryTake(Semaphore bulkhead) {
        // First of all: what is made after it was taken could fail for want of memory, and it were lost.
        Permit permit = new Permit(bulkhead);
        return bulkhead.tryAcquire() ? permit : null;
    }

    /** Any further call does nothing. */
    void giveBack() {
        if (given.compareAndSet(false, true)) {
            bulkhead.release();
        }
    }
}
