package com.playtcha.jakarta.late.engine;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * On a server's threads. Whoever wakes it does not have it called there and then: a managed executor would run the call
 * with the context of that thread, and work is not to run as some visitor or caller. It glances often instead.
 *
 * <p>A server may forget what it was asked to do for ever: GlassFish does, when another application is deployed at the
 * moment of a glance. A thread of its own sees to it, and stands in while the server does not call.
 */
final class ManagedTicks implements Ticks {
    private static final Logger LOG = LoggerFactory.getLogger(ManagedTicks.class);
    private static final Duration GLANCE = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ScheduledExecutorService executor;
    private final Duration patience;
    private final Ticker standIn = new Ticker();
    private final AtomicBoolean woken = new AtomicBoolean();
    private @Nullable Future<?> ticking;
    private volatile boolean looking;
    private volatile long glancedAt = System.nanoTime();
    private volatile boolean forgotten;

    ManagedTicks(ScheduledExecutorService executor) {
        this(executor, PATIENCE);
    }

    /** Stands in after this time without a glance. */
    ManagedTicks(ScheduledExecutorService executor, Duration patience) {
        this.executor = executor;
        this.patience = patience;
    }

    /** With the context of the calling thread. */
    @Override
    public synchronized void start(Duration interval, Look look) {
        Duration glance = interval.compareTo(GLANCE) < 0 ? interval : GLANCE;
        glancedAt = System.nanoTime();
        ticking = executor.scheduleWithFixedDelay(
                new Glances(interval.toNanos(), look), 0, glance.toMillis(), TimeUnit.MILLISECONDS);
        standIn.start(patience.dividedBy(2), early -> standIn(look, early));
    }

    private void standIn(Look look, boolean early) {
        if (looking || System.nanoTime() - glancedAt < patience.toNanos()) {
            return;
        }
        if (!forgotten) {
            forgotten = true;
            LOG.warn("The server's scheduler does not call late results any more, and a thread of their own stands in");
        }
        woken.set(false);
        look.look(early);
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
            looking = true;
            try {
                glance();
            } finally {
                glancedAt = System.nanoTime();
                looking = false;
            }
        }

        private void glance() {
            if (forgotten) {
                forgotten = false;
                LOG.warn("The server's scheduler calls late results again");
            }
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
        if (forgotten) {
            standIn.wake();
        }
    }

    @Override
    public synchronized void stop() {
        standIn.stop();
        if (ticking != null) {
            ticking.cancel(false);
        }
    }

    /** The server's threads do not end with this. */
    @Override
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        return standIn.awaitEnd(limit);
    }
}
