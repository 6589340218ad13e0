package com.playtcha.jakarta.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Daemon threads that can be waited for. They take nothing over from the thread that happens to start them: not its
 * context class loader, and not its inheritable thread-locals, which may say who another visitor is.
 */
final class Threads implements ThreadFactory {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String kind;
    private final Runnable onThreadEnd;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /**
     * None yet.
     *
     * @param kind they are named {@code playtcha-<kind>-<number>}
     * @param onThreadEnd runs on a thread that ends, having been idle
     */
    Threads(String kind, Runnable onThreadEnd) {
        this.kind = kind;
        this.onThreadEnd = onThreadEnd;
    }

    @Override
    public Thread newThread(Runnable work) {
        Runnable all = () -> {
            work.run();
            onThreadEnd.run();
        };
        Thread thread = new Thread(null, all, "playtcha-" + kind + "-" + NUMBER.incrementAndGet(), 0, false);
        thread.setDaemon(true);
        setOwnContext(thread);
        threads.removeIf(old -> old.getState() == Thread.State.TERMINATED);
        threads.add(thread);
        return thread;
    }

    static void setOwnContext(Thread thread) {
        thread.setContextClassLoader(Threads.class.getClassLoader());
    }

    /**
     * Waits until they have ended, the calling one apart. An interrupt is kept for later.
     *
     * @return how many have not, by then
     */
    int awaitEnd(Deadline end) {
        boolean interrupted = false;
        int alive = 0;
        // The executor counts a thread as gone a moment before it is; a class loader must not wait for that moment.
        for (Thread thread : threads) {
            if (thread == Thread.currentThread()) {
                continue;
            }
            while (thread.isAlive() && end.nanosLeft() > 0) {
                try {
                    TimeUnit.NANOSECONDS.timedJoin(thread, end.nanosLeft());
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (thread.isAlive()) {
                alive++;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return alive;
    }
}
