package com.playtcha.jakarta.internal.util;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Delivers the changes of a state in order, each once: enqueued under the lock that guards the state and published
 * outside of it, so that a slow listener blocks only the thread that publishes. Thread-safe.
 */
public final class EventPublisher<E> {
    private final Queue<E> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean publishing = new AtomicBoolean();
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
     * delivers them. If the listener throws, the rest is delivered by the next call.
     */
    public void publish() {
        while (!queue.isEmpty() && publishing.compareAndSet(false, true)) {
            try {
                for (E event = queue.poll(); event != null; event = queue.poll()) {
                    listener.accept(event);
                }
            } finally {
                publishing.set(false);
            }
        }
    }

    /** Calls every listener; one that throws does not keep the others from being called. */
    public static <L> void notifyEach(
            Iterable<L> listeners, Consumer<? super L> call, BiConsumer<? super L, Throwable> onFailure) {
        for (L listener : listeners) {
            try {
                call.accept(listener);
            } catch (Throwable e) {
                onFailure.accept(listener, e);
            }
        }
    }
}
