package com.playtcha.jakarta.it.probe;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Blocks requests until every request thread has one. Request threads have names that differ by a number at the end.
 * Requests that end quickly would leave most threads idle.
 */
final class ThreadBarrier {
    /** The limit, for servers where some threads of that name never serve requests. */
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private static final Object LOCK = new Object();
    private static final Set<String> RELEASED = new HashSet<>();
    private static int inside;

    private ThreadBarrier() {}

    /** Waits for the other requests of this name. */
    static String join(String name) {
        long end = System.nanoTime() + LIMIT.toNanos();
        synchronized (LOCK) {
            inside++;
            try {
                while (!RELEASED.contains(name)) {
                    long left = (end - System.nanoTime()) / 1_000_000;
                    if (left <= 0 || inside >= requestThreads()) {
                        RELEASED.add(name);
                        LOCK.notifyAll();
                    } else {
                        LOCK.wait(left);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                inside--;
            }
        }
        return name;
    }

    private static long requestThreads() {
        String kind = kind(Thread.currentThread());
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> kind(thread).equals(kind))
                .count();
    }

    private static String kind(Thread thread) {
        return thread.getName().replaceFirst("\\d+$", "");
    }
}
