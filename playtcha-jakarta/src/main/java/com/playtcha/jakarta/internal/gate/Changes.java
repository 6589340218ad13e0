package com.playtcha.jakarta.internal.gate;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Changes of a state, on their way to those who hear of them: noted under the lock that guards the state, told outside of
 * it, one after another and in the order in which they happened, each once. Nobody waits for a listener but the thread
 * that tells it. Thread-safe.
 */
final class Changes<T> {
    private final Queue<T> noted = new ConcurrentLinkedQueue<>();
    private final AtomicInteger telling = new AtomicInteger();
    private final Consumer<? super T> listener;

    Changes(Consumer<? super T> listener) {
        this.listener = listener;
    }

    /** Remembers a change to be told. Call with the state's lock held, and {@link #tell} after it was let go. */
    void note(T change) {
        noted.add(change);
    }

    /**
     * Tells what was noted, unless another thread, or this one further up, is at it: then that one does. Throws what a
     * listener threw, having told the rest.
     */
    void tell() {
        if (noted.isEmpty() || telling.getAndIncrement() != 0) {
            return;
        }
        Throwable thrown = null;
        int rounds = 1;
        do {
            for (T change = noted.poll(); change != null; change = noted.poll()) {
                try {
                    listener.accept(change);
                } catch (Throwable e) {
                    thrown = thrown == null ? e : thrown;
                }
            }
            rounds = telling.addAndGet(-rounds);
        } while (rounds != 0);
        rethrow(thrown);
    }

    private static void rethrow(@Nullable Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
    }
}
