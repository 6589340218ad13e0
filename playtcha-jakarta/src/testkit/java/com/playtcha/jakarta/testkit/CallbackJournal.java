package com.playtcha.jakarta.testkit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The finished callbacks since the last reset. Guarded by its own monitor. */
final class CallbackJournal {
    private static final int MAX_KEPT = 10_000;

    private final Deque<SentCallback> kept = new ArrayDeque<>();
    private int count;

    synchronized void add(SentCallback sent) {
        count++;
        if (kept.size() == MAX_KEPT) {
            kept.remove();
        }
        kept.add(sent);
        notifyAll();
    }

    synchronized List<SentCallback> all() {
        return List.copyOf(kept);
    }

    /** Waits for that many callbacks; fails with those that were sent. */
    synchronized void await(int wanted, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        long left = atMost.toNanos();
        try {
            while (count < wanted && left > 0) {
                wait(left / 1_000_000, (int) (left % 1_000_000));
                left = end - System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (count < wanted) {
            throw new IllegalStateException(
                    "Waited " + atMost + " for " + wanted + " callbacks; " + count + " are finished: " + all());
        }
    }
}
