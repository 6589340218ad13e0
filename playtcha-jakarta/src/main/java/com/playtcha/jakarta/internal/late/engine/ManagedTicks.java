package com.playtcha.jakarta.internal.late.engine;

import java.time.Duration;
import java.util.concurrent.Executor;
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
 * <p>A server may forget what it was asked to do again and again: GlassFish does, when another application is deployed at
 * the moment of a glance. A thread of its own sees that, asks the server anew, and looks itself until it is called again.
 */
final class ManagedTicks implements Ticks {
    private static final Logger LOG = LoggerFactory.getLogger(ManagedTicks.class);
    private static final Duration GLANCE = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ScheduledExecutorService executor;
    private final @Nullable Executor context;
    private final Duration patience;
    private final Ticker watch = new Ticker();
    private final AtomicBoolean woken = new AtomicBoolean();
    private @Nullable Future<?> ticking;
    private volatile boolean looking;
    private volatile long glancedAt;
    private volatile boolean forgotten;
    private volatile boolean stopped;
    /** The watch's own. */
    private long glancedBefore;

    /**
     * Calls nothing yet.
     *
     * @param context runs something on the calling thread with the context of the application's start; null where the
     *     server has no such thing
     */
    ManagedTicks(ScheduledExecutorService executor, @Nullable Executor context) {
        this(executor, context, PATIENCE);
    }

    /** The same, with another time after which a glance is missed. */
    ManagedTicks(ScheduledExecutorService executor, @Nullable Executor context, Duration patience) {
        this.executor = executor;
        this.context = context;
        this.patience = patience;
    }

    /** With the context of the calling thread. */
    @Override
    public void start(Duration interval, Look look) {
        glancedAt = System.nanoTime();
        Glances glances = new Glances(interval, look);
        ask(glances);
        watch.start(patience.dividedBy(2), early -> watch(glances, early));
    }

    private synchronized void ask(Glances glances) {
        if (stopped) {
            return;
        }
        cancel();
        ticking = executor.scheduleWithFixedDelay(glances, 0, glances.pauseMillis(), TimeUnit.MILLISECONDS);
    }

    private void cancel() {
        Future<?> last = ticking;
        if (last == null) {
            return;
        }
        try {
            last.cancel(false);
        } catch (RuntimeException | Error e) {
            log("What the server's scheduler was asked for cannot be cancelled", e);
        }
    }

    private void watch(Glances glances, boolean early) {
        long last = glancedAt;
        // Not for a pause of the whole process: then there was none since this looked before.
        boolean same = last == glancedBefore;
        glancedBefore = last;
        if (stopped || looking || !same || System.nanoTime() - last < patience.toNanos()) {
            return;
        }
        if (!forgotten) {
            forgotten = true;
            log("The server's scheduler does not call late results any more: it is asked anew", null);
        }
        woken.set(false);
        if (context == null) {
            glances.look.look(early);
            return;
        }
        context.execute(() -> {
            if (!early) {
                ask(glances);
            }
            glances.look.look(early);
        });
    }

    private static void log(String what, @Nullable Throwable why) {
        try {
            LOG.warn(what, why);
        } catch (RuntimeException | Error e) {
            // A line less is no reason to call nobody any more.
        }
    }

    private final class Glances implements Runnable {
        private final Duration interval;
        private final Look look;
        private long lookedAt = System.nanoTime();

        Glances(Duration interval, Look look) {
            this.interval = interval;
            this.look = look;
        }

        long pauseMillis() {
            return (interval.compareTo(GLANCE) < 0 ? interval : GLANCE).toMillis();
        }

        @Override
        public void run() {
            if (stopped) {
                return;
            }
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
                log("The server's scheduler calls late results again", null);
            }
            boolean early = System.nanoTime() - lookedAt < interval.toNanos();
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
            watch.wake();
        }
    }

    @Override
    public synchronized void stop() {
        stopped = true;
        watch.stop();
        cancel();
    }

    /** The server's threads do not end with this. */
    @Override
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        return watch.awaitEnd(limit);
    }
}
