package com.playtcha.jakarta.testkit;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What is to be sent later: by threads of its own as time passes, or by hand as time is moved. Thread-safe. */
final class CallbackScheduler {
    private static final int THREADS = 4;
    private static final Duration JOIN_AT_MOST = Duration.ofSeconds(5);

    private record Entry(Duration due, long number, Runnable work) {}

    private final @Nullable ScheduledThreadPoolExecutor timer;
    private final PriorityQueue<Entry> queue =
            new PriorityQueue<>(Comparator.comparing(Entry::due).thenComparing(Entry::number));
    private final AtomicInteger waiting = new AtomicInteger();
    private final Set<Thread> senders = ConcurrentHashMap.newKeySet();
    private Duration now = Duration.ZERO;
    private long entries;
    private int generation;

    CallbackScheduler(boolean manualClock, String name) {
        if (manualClock) {
            timer = null;
        } else {
            AtomicInteger threads = new AtomicInteger();
            timer = new ScheduledThreadPoolExecutor(THREADS, work -> {
                Thread thread = new Thread(work, name + "-sender-" + threads.incrementAndGet());
                thread.setDaemon(true);
                senders.removeIf(old -> old.getState() == Thread.State.TERMINATED);
                senders.add(thread);
                return thread;
            });
            timer.setRemoveOnCancelPolicy(true);
        }
    }

    /** Does it later; nothing once closed. */
    synchronized void add(Duration after, Runnable work) {
        if (timer == null) {
            queue.add(new Entry(now.plus(after), entries++, work));
            waiting.incrementAndGet();
            return;
        }
        int of = generation;
        try {
            timer.schedule(() -> run(of, work), after.toNanos(), TimeUnit.NANOSECONDS);
            waiting.incrementAndGet();
        } catch (RejectedExecutionException e) {
            // Closed: nothing is sent any more.
        }
    }

    private void run(int of, Runnable work) {
        synchronized (this) {
            if (of != generation) {
                return;
            }
            waiting.decrementAndGet();
        }
        work.run();
    }

    /**
     * Moves time, and does what is due on the way, in the order in which it is.
     *
     * @throws IllegalStateException where time passes by itself
     */
    void advance(Duration time) {
        if (timer != null) {
            throw new IllegalStateException("time passes by itself here: see manualClock()");
        }
        Duration until;
        synchronized (this) {
            until = now.plus(time);
        }
        for (Entry next = next(until); next != null; next = next(until)) {
            next.work().run();
        }
    }

    private synchronized @Nullable Entry next(Duration until) {
        Entry first = queue.peek();
        if (first == null || first.due().compareTo(until) > 0) {
            now = until;
            return null;
        }
        queue.remove();
        waiting.decrementAndGet();
        now = first.due();
        return first;
    }

    int waiting() {
        return waiting.get();
    }

    /** Forgets what waits. */
    synchronized void clear() {
        generation++;
        queue.clear();
        waiting.set(0);
        if (timer != null) {
            timer.getQueue().clear();
        }
    }

    /** Forgets what waits, and ends its threads; what they are at has to be ended by who calls. */
    void close() {
        clear();
        if (timer == null) {
            return;
        }
        timer.shutdownNow();
        long end = System.nanoTime() + JOIN_AT_MOST.toNanos();
        try {
            // The executor counts a thread as gone a moment before it is.
            for (Thread sender : senders) {
                sender.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
