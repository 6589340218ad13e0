package com.playtcha.jakarta.internal.util;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the changes of a state in order, each once: enqueued under the lock that guards the state and published
 * outside of it, so that a slow listener blocks only the thread that publishes. Thread-safe.
 */
public final class EventPublisher<E> {
    private final Queue<E> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger publishing = new AtomicInteger();
    private final Consumer<? super E> listener;

    public EventPublisher(Consumer<? super E> listener) {
        this.listener = listener;
    }

    /** Adds an event. Call it with the state's lock held, and {@link #publish} after the lock is released. */
    public void enqueue(E event) {
        queue.add(event);
    }

    /**
     * Delivers all queued events, unless another thread, or this one further up the stack, is doing so; then that call
     * delivers them. Rethrows the first exception of the listener after the rest was delivered.
     */
    public void publish() {
        if (queue.isEmpty() || publishing.getAndIncrement() != 0) {
            return;
        }
        Throwable thrown = null;
        int rounds = 1;
        do {
            for (E event = queue.poll(); event != null; event = queue.poll()) {
                try {
                    listener.accept(event);
                } catch (Throwable e) {
                    thrown = thrown == null ? e : thrown;
                }
            }
            rounds = publishing.addAndGet(-rounds);
        } while (rounds != 0);
        rethrow(thrown);
    }

    /** Calls every listener; one that throws does not keep the others from being called. */
    public static <L> void notifyEach(Iterable<L> listeners, Consumer<? super L> call, Consumer<Throwable> onFailure) {
        for (L listener : listeners) {
            try {
                call.accept(listener);
            } catch (Throwable e) {
                onFailure.accept(e);
            }
        }
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
