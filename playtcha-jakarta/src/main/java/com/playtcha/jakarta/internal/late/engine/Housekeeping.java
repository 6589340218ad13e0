package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.LateStore.Counts;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.internal.util.LogThrottle;
import com.playtcha.jakarta.late.LateOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * In the background, ends what has expired, counts items every few seconds while something happens, logs once a minute
 * what grows or does not move, and deletes what has ended. The spool is watched apart, since it fills while the store is
 * down.
 */
final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final Duration COUNT_INTERVAL = Duration.ofSeconds(5);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(10);
    private static final Duration STUCK = Duration.ofMinutes(5);
    private static final Duration LONG_FAILING = Duration.ofHours(1);
    private static final int NEARLY_FULL_PERCENT = 80;
    /** This many counts in a row that each exceed the one before are a growing queue. */
    private static final int GROWING = 5;

    private static final int DELETE_BATCH = 1000;
    private static final int DELETE_ROUNDS = 10;
    private static final int EXPIRY_BATCH = 200;
    private static final Duration EXPIRY_INTERVAL = Duration.ofSeconds(1);
    /** Between two batches, so that many expirations at once delay nothing else. */
    private static final Duration EXPIRY_PAUSE = Duration.ofMillis(100);

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
    private static final double JITTER = 0.2;

    private final EngineContext context;
    private final ResultSpool spool;
    private final LogThrottle log;
    private final Job statistics;
    private final Job retention;
    private final Job expiry;
    private final Pause untilReport;
    private final Pause untilSpoolCheck;
    private long totalBefore;
    private long readyBefore;
    private long readyAtFirst;
    private int grown;
    private boolean growing;

    Housekeeping(EngineContext context, ResultSpool spool) {
        this.context = context;
        this.spool = spool;
        this.log = context.log(LOG_INTERVAL);
        this.statistics = new Job("statistics", this::count);
        this.retention = new Job("retention", this::purge);
        this.expiry = new Job("expiry", this::expire);
        this.untilReport = new Pause(context::nanoTime);
        this.untilSpoolCheck = new Pause(context::nanoTime);
    }

    /**
     * Work on the store that nothing waits for, one run at a time. It returns the time until its next run, of which up to
     * a fifth is left out at random. A failure is logged, and does not count as an outage of the store.
     */
    private final class Job {
        private final String name;
        private final Supplier<Duration> work;
        private final Pause pause = new Pause(context::nanoTime);
        private final Runnable inBackground = context.inBackground(this::run);

        Job(String name, Supplier<Duration> work) {
            this.name = name;
            this.work = work;
        }

        void runIfDue() {
            if (pause.isOver()) {
                inBackground.run();
            }
        }

        private void run() {
            Duration wait = AFTER_FAILURE;
            try {
                wait = context.isClosed() ? wait : work.get();
            } catch (StoreException e) {
                context.metrics.add(LateCounter.STORE_FAILED);
                context.health.doubtWrites();
                String line = "The store failed at the {} of late results, which is tried again: {}";
                context.warn(LOG, name, line, name, e.getMessage());
            } finally {
                pause.begin(Duration.ofNanos((long) (wait.toNanos() * (1 - JITTER * context.random.nextDouble()))));
            }
        }
    }

    void runIfDue() {
        statistics.runIfDue();
        retention.runIfDue();
    }

    /** Not part of the rest, since nothing expires right after an outage. */
    void expireIfDue() {
        expiry.runIfDue();
    }

    private Duration count() {
        boolean minuteIsOver = untilReport.isOver();
        long total = context.metrics.total();
        if (!minuteIsOver && total == totalBefore) {
            return COUNT_INTERVAL;
        }
        totalBefore = total;
        Counts counts = context.store.counts();
        context.metrics.observe(counts);
        report(
                counts.dead() > 0,
                "There are dead letters",
                "{}, the oldest is {} s old; each is kept until you retry or discard it",
                counts.dead(),
                context.metrics.getOldestDeadLetterAge().toSeconds());
        Duration failing = context.metrics.getOldestRetryingAge();
        report(
                failing.compareTo(LONG_FAILING) > 0,
                "The handler keeps failing for some items, or postponing them",
                "retrying={}, the first of them for {} s; see the last error of each",
                counts.retrying(),
                failing.toSeconds());
        if (minuteIsOver) {
            untilReport.begin(INTERVAL);
            watchGrowth(counts.ready());
            Duration overdue = context.metrics.getOverdue();
            report(
                    overdue.compareTo(STUCK) > 0,
                    "Results are due and not handed over",
                    "for {} s, ready={}, retrying={}, handlers past their time limit={}",
                    overdue.toSeconds(),
                    counts.ready(),
                    counts.retrying(),
                    context.metrics.getOverdueHandlers());
        }
        return COUNT_INTERVAL;
    }

    private Duration purge() {
        for (int round = 0; round < DELETE_ROUNDS && !context.isClosed(); round++) {
            if (context.store.purge(context.now(), DELETE_BATCH) < DELETE_BATCH) {
                return INTERVAL;
            }
        }
        return EXPIRY_INTERVAL;
    }

    /** Ends a batch of expired items of each kind, by the store's time. */
    private Duration expire() {
        return expire(WorkQueue.VERDICT_POLL) | expire(WorkQueue.TASK_POLL) ? EXPIRY_PAUSE : EXPIRY_INTERVAL;
    }

    private boolean expire(WorkQueue queue) {
        if (!context.expired.remove(queue) && !context.expiring.contains(queue)) {
            return false;
        }
        Instant now = context.now();
        List<Lease> leases = context.claim(queue, null, true, EXPIRY_BATCH, false);
        List<Settlement> expired = leases.stream()
                .filter(lease -> !spool.contains(lease.id()))
                .<Settlement>map(lease -> new Settlement.Resolved(lease, Poller.expired(lease, now)))
                .toList();
        if (!expired.isEmpty()) {
            List<Boolean> recorded = context.store.settle(expired, now);
            for (int i = 0; i < expired.size(); i++) {
                context.resolved(expired.get(i).lease(), LateOutcome.EXPIRED, recorded.get(i));
            }
        }
        boolean hasMore = leases.size() == EXPIRY_BATCH;
        if (hasMore) {
            context.expiring.add(queue);
        } else {
            context.expiring.remove(queue);
        }
        return hasMore;
    }

    /** Called by both clock threads, of which one may wait for the store. */
    synchronized void watchSpool() {
        SpoolDirectory directory = context.spool;
        if (directory == null || !untilSpoolCheck.isOver()) {
            return;
        }
        untilSpoolCheck.begin(INTERVAL);
        SpoolDirectory.Load load = directory.load();
        int percent = directory.percentFull();
        report(
                percent >= NEARLY_FULL_PERCENT,
                "The spool is nearly full",
                "{} %; results are refused once it is full: files={}, bytes={}",
                percent,
                load.files(),
                load.bytes());
        Duration waiting = context.metrics.since(load.oldest());
        report(
                waiting.compareTo(STUCK) > 0,
                "The store does not take the spooled results",
                "files={}, the oldest is {} s old",
                load.files(),
                waiting.toSeconds());
    }

    /** Logs what lasts again after a while, and once that it is over. */
    private void report(boolean lasts, String what, String details, @Nullable Object... arguments) {
        if (lasts && log.count(what) > 0) {
            LOG.warn(what + ": " + details, arguments);
        } else if (!lasts && log.reset(what)) {
            LOG.info("This is over: {}", what);
        }
    }

    private void watchGrowth(long ready) {
        if (ready > readyBefore) {
            readyAtFirst = grown == 0 && !growing ? readyBefore : readyAtFirst;
            grown++;
        } else {
            grown = 0;
        }
        readyBefore = ready;
        growing = (growing && ready > readyAtFirst) || (!growing && grown >= GROWING);
        report(
                growing,
                "The queue of results grows",
                "{} wait for the handler, {} when the growth began; handlers past their time limit: {}. Raise"
                        + " late-concurrency or make the handler faster",
                ready,
                readyAtFirst,
                context.metrics.getOverdueHandlers());
    }
}
