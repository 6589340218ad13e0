package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work on the store that nothing waits for, one run at a time and apart from the engine's clock. A failure is logged, and
 * does not count as an outage of the store.
 */
final class BackgroundJob {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundJob.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
    private static final double JITTER = 0.2;

    private final EngineContext context;
    private final String name;
    private final Bulkhead bulkhead;
    private final Supplier<Duration> work;
    private volatile Instant ranAt = Instant.MIN;
    private volatile Duration pause = Duration.ZERO;

    /** With work that returns the time until its next run, of which up to a fifth is left out at random. */
    BackgroundJob(EngineContext context, Executor executor, String name, Supplier<Duration> work) {
        this.context = context;
        this.name = name;
        this.bulkhead = new Bulkhead(context, executor, 1);
        this.work = work;
    }

    Bulkhead bulkhead() {
        return bulkhead;
    }

    void runIfDue() {
        Instant now = context.now();
        // A clock that was set back ends the pause.
        if (now.isBefore(ranAt) || !now.isBefore(ranAt.plus(pause))) {
            bulkhead.tryRun(this::run);
        }
    }

    private void run() {
        Duration next = AFTER_FAILURE;
        try {
            next = context.isClosed() ? next : work.get();
        } catch (StoreException e) {
            context.metrics.add(LateCounter.STORE_FAILED);
            if (context.log.count(name) > 0) {
                LOG.warn("The store failed at {} of late results, which is tried again: {}", name, e.getMessage());
            }
        } finally {
            pause = Duration.ofNanos((long) (next.toNanos() * (1 - JITTER * context.random.nextDouble())));
            ranAt = context.now();
        }
    }
}
