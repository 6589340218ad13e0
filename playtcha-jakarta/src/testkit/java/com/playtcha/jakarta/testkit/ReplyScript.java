package com.playtcha.jakarta.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The scripted replies: a function first, then a queue, then one reply for all. Thread-safe.
 *
 * @param <R> what is asked
 */
final class ReplyScript<R> {
    private final Deque<Reply> queue = new ArrayDeque<>();
    private @Nullable Reply always;
    private @Nullable Function<R, @Nullable Reply> first;

    synchronized void add(List<Reply> replies) {
        queue.addAll(replies);
    }

    synchronized void always(@Nullable Reply reply) {
        always = reply;
    }

    synchronized void first(@Nullable Function<R, @Nullable Reply> function) {
        first = function;
    }

    synchronized void clear() {
        queue.clear();
        always = null;
        first = null;
    }

    /** The function to ask first; null where there is none. */
    synchronized @Nullable Function<R, @Nullable Reply> first() {
        return first;
    }

    /** What is scripted for the next request, function apart; null leaves it to the token. */
    synchronized @Nullable Reply next() {
        return queue.isEmpty() ? always : queue.remove();
    }

    /** Asks a function; not under the lock, since it may block, or script something itself. */
    static <R> @Nullable Reply ask(Function<R, @Nullable Reply> function, R request) {
        try {
            return function.apply(request);
        } catch (RuntimeException | Error e) {
            return Reply.error(500, "stand_in_script_failed", e.toString());
        }
    }
}
