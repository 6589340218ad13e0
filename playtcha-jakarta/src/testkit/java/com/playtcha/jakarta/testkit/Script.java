package com.playtcha.jakarta.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What was scripted: a function first, then a queue, then one reply for all. Thread-safe. */
final class Script {
    private final Deque<Reply> queue = new ArrayDeque<>();
    private @Nullable Reply always;
    private @Nullable Function<ReceivedRequest, @Nullable Reply> first;

    synchronized void add(List<Reply> replies) {
        queue.addAll(replies);
    }

    synchronized void always(@Nullable Reply reply) {
        always = reply;
    }

    synchronized void first(@Nullable Function<ReceivedRequest, @Nullable Reply> function) {
        first = function;
    }

    synchronized void clear() {
        queue.clear();
        always = null;
        first = null;
    }

    /** The reply to a request; null where nothing was scripted for it. */
    @Nullable
    Reply next(ReceivedRequest request) {
        // Not under the lock: the function may block, or script something itself.
        Function<ReceivedRequest, @Nullable Reply> function = first();
        if (function != null) {
            try {
                Reply chosen = function.apply(request);
                if (chosen != null) {
                    return chosen;
                }
            } catch (RuntimeException | Error e) {
                return Reply.error(500, "stand_in_script_failed", e.toString());
            }
        }
        return queued();
    }

    private synchronized @Nullable Function<ReceivedRequest, @Nullable Reply> first() {
        return first;
    }

    private synchronized @Nullable Reply queued() {
        return queue.isEmpty() ? always : queue.remove();
    }
}
