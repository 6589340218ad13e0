package com.playtcha.jakarta.late.engine;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * On a server's threads. Whoever wakes it does not have it called there and then: a managed executor would run the call
 * with the context of that thread, and work is not to run as some visitor or caller. It glances often instead.
 */
final class ManagedTicks implements Ticks {
    private static final Duration GLANCE = Duration.ofMillis(100);

    private final ScheduledExecutorService executor;
    private final AtomicBoolean woken = new AtomicBoolean();
    private @Nullable Future<?> ticking;

    ManagedTicks(ScheduledExecutorService executor) {
        this.executor = executor;
    }

    /** With the context of the calling thread. */
    @Override
    public synchronized void start(Duration interval, Look look) {
        Duration glance = interval.compareTo(GLANCE) < 0 ? interval : GLANCE;
        ticking = executor.scheduleWithFixedDelay(
                new Glances(interval.toNanos(), look), 0, glance.toMillis(), TimeUnit.MILLISECONDS);
    }

    private final class Glances implements Runnable {
        private final long interval;
        private final Look look;
        private long lookedAt = System.nanoTime();

        Glances(long interval, Look look) {
            this.interval = interval;
            this.look = look;
        }

        @Override
        public void run() {
            boolean early = System.nanoTime() - lookedAt < interval;
            if (woken.getAndSet(false) || !early) {
                look.look(early);
                if (!early) {
                    lookedAt = System.nanoTime();
                }
            }
        }
    }

    @Override
    public void wake() {
        woken.set(true);
    }

    @Override
    public synchronized void stop() {
        if (ticking != null) {
            ticking.cancel(false);
        }
    }

    /** The server's threads do not end with this. */
    @Override
    public boolean awaitEnd(Duration limit) {
        return true;
    }
}
