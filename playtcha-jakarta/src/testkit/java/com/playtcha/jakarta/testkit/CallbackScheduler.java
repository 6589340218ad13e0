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

/** Runs scheduled callbacks: on its own threads, or on the thread that advances a manual clock. Thread-safe. */
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

    /** Schedules the work; ignored once closed. */
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
            // Closed in the meantime.
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
     * Advances the clock and runs what becomes due, in the order of its due times.
     *
     * @throws IllegalStateException if the clock is not a manual one
     */
    void advance(Duration time) {
        if (timer != null) {
            throw new IllegalStateException("the clock is not a manual one: see manualClock()");
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

    /** Removes what is scheduled. */
    synchronized void clear() {
        generation++;
        queue.clear();
        waiting.set(0);
        if (timer != null) {
            timer.getQueue().clear();
        }
    }

    /** Removes what is scheduled and joins the threads; the caller interrupts what they are sending. */
    void close() {
        clear();
        if (timer == null) {
            return;
        }
        timer.shutdownNow();
        long end = System.nanoTime() + JOIN_AT_MOST.toNanos();
        try {
            // The executor reports a thread as terminated slightly before it is.
            for (Thread sender : senders) {
                sender.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
