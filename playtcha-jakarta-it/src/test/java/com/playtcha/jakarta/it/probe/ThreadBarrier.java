package com.playtcha.jakarta.it.probe;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Blocks requests until every request thread has one, and no further thread starts. Request threads have names that differ
 * by a number at the end. Requests that end quickly would leave most threads idle.
 */
final class ThreadBarrier {
    /** The limit, for servers where some threads of that name never serve requests. */
    private static final Duration LIMIT = Duration.ofSeconds(2);

    /** A server that gets another request meanwhile, and may start a thread for it, has started it. */
    private static final Duration QUIET = Duration.ofMillis(300);

    private static final Object LOCK = new Object();
    private static final Set<String> RELEASED = new HashSet<>();
    private static int inside;
    private static long last;

    private ThreadBarrier() {}

    /** Waits for the other requests of this name. */
    static String join(String name) {
        long end = System.nanoTime() + LIMIT.toNanos();
        synchronized (LOCK) {
            inside++;
            last = System.nanoTime();
            try {
                while (!RELEASED.contains(name)) {
                    long now = System.nanoTime();
                    boolean full = now - last >= QUIET.toNanos() && inside >= requestThreads();
                    if (full || now >= end) {
                        RELEASED.add(name);
                        LOCK.notifyAll();
                    } else {
                        LOCK.wait(QUIET.toMillis() / 3);
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
