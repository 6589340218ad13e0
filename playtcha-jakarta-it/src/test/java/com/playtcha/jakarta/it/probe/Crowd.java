package com.playtcha.jakarta.it.probe;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Requests that wait for each other until every thread that answers requests has one: those are told by their names,
 * which differ by a number at the end. One that is done quickly would leave most threads idle.
 */
final class Crowd {
    /** Where some of the threads named so never answer requests. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Object LOCK = new Object();
    private static final Set<String> DISPERSED = new HashSet<>();
    private static int inside;

    private Crowd() {}

    /** Waits for the others of the crowd of this name. */
    static String join(String name) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        synchronized (LOCK) {
            inside++;
            try {
                while (!DISPERSED.contains(name)) {
                    long left = (end - System.nanoTime()) / 1_000_000;
                    if (left <= 0 || inside >= requestThreads()) {
                        DISPERSED.add(name);
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
