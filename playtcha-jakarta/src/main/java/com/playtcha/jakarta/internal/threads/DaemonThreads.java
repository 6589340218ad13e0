package com.playtcha.jakarta.internal.threads;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Daemon threads that can be waited for. They take nothing over from the thread that happens to start them: not its
 * context class loader, and not its inheritable thread-locals, which may say who another visitor is.
 */
public final class DaemonThreads implements ThreadFactory {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String kind;
    private final @Nullable ClassLoader context;
    private final Runnable onThreadEnd;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /**
     * None yet.
     *
     * @param kind they are named {@code playtcha-<kind>-<number>}
     * @param context their context class loader
     */
    public DaemonThreads(String kind, @Nullable ClassLoader context) {
        this(kind, context, () -> {});
    }

    /**
     * None yet.
     *
     * @param kind they are named {@code playtcha-<kind>-<number>}
     * @param context their context class loader
     * @param onThreadEnd runs on a thread that ends
     */
    public DaemonThreads(String kind, @Nullable ClassLoader context, Runnable onThreadEnd) {
        this.kind = kind;
        this.context = context;
        this.onThreadEnd = onThreadEnd;
    }

    @Override
    public Thread newThread(Runnable work) {
        Thread thread = new Own("playtcha-" + kind + "-" + NUMBER.incrementAndGet(), work, onThreadEnd);
        thread.setDaemon(true);
        thread.setContextClassLoader(context);
        threads.removeIf(old -> old.getState() == Thread.State.TERMINATED);
        threads.add(thread);
        return thread;
    }

    /**
     * Makes one and starts it. Throws for want of memory for one.
     *
     * @param work runs on it
     * @return started
     */
    public Thread start(Runnable work) {
        Thread thread = newThread(work);
        boolean started = false;
        try {
            thread.start();
            started = true;
        } finally {
            if (!started) {
                threads.remove(thread);
            }
        }
        return thread;
    }

    /** Gives the calling thread back the context class loader that these have, where somebody's code left another one. */
    void restoreContext() {
        Thread.currentThread().setContextClassLoader(context);
    }

    void interruptAll() {
        threads.forEach(Thread::interrupt);
    }

    /**
     * Waits until they have ended, the calling one apart.
     *
     * @param limit zero: they are only counted
     * @return how many have not, by then
     * @throws InterruptedException when the calling thread is interrupted meanwhile, or was before
     */
    public int awaitEnd(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        int alive = 0;
        // An executor counts a thread as gone a moment before it is; a class loader must not wait for that moment.
        for (Thread thread : threads) {
            if (thread == Thread.currentThread()) {
                continue;
            }
            TimeUnit.NANOSECONDS.timedJoin(thread, end - System.nanoTime());
            if (thread.isAlive()) {
                alive++;
            }
        }
        return alive;
    }

    /**
     * The same, and an interrupt is kept for later.
     *
     * @param limit zero: they are only counted
     * @return how many have not, by then
     */
    public int awaitEndUninterruptibly(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return awaitEnd(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Runs its work by itself: {@code Thread.run} is on the stack of every thread of the server that was given a
     * {@code Runnable}, and its compiled code may come to hold the classes of those that it sees most ({@link WorkerPool}).
     */
    private static final class Own extends Thread {
        private @Nullable Runnable work;
        private final Runnable onThreadEnd;

        Own(String name, Runnable work, Runnable onThreadEnd) {
            super(null, null, name, 0, false);
            this.work = work;
            this.onThreadEnd = onThreadEnd;
        }

        @Override
        public void run() {
            Runnable mine = work;
            // It may be about somebody, and the thread is known for longer than it runs.
            work = null;
            if (mine != null) {
                mine.run();
            }
            onThreadEnd.run();
        }
    }
}
