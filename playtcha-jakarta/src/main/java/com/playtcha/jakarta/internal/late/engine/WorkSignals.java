package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.WorkQueue;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Tells which queues may have something to claim: a claim that found nothing is repeated only after a signal. Thread-safe. */
final class WorkSignals {
    private final AtomicIntegerArray raised = new AtomicIntegerArray(WorkQueue.values().length);

    void raise(WorkQueue queue) {
        raised.set(queue.ordinal(), 1);
    }

    void raise(Collection<WorkQueue> queues) {
        queues.forEach(this::raise);
    }

    /** At the start, and after an outage. */
    void raiseAll() {
        raise(Arrays.asList(WorkQueue.values()));
    }

    /** Returns whether the queue was signalled since the last call, which is to be followed by a claim. */
    boolean take(WorkQueue queue) {
        return raised.getAndSet(queue.ordinal(), 0) == 1;
    }
}
