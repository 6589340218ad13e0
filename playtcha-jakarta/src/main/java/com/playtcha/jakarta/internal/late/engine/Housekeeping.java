package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.Counts;
import com.playtcha.jakarta.internal.util.LogThrottle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * In the background, counts items every few seconds while something happens, logs once a minute what grows or does not
 * move, and deletes what has ended. The spool is watched apart, since it fills while the store is down.
 */
final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final Duration COUNT_INTERVAL = Duration.ofSeconds(5);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(10);
    private static final Duration STUCK = Duration.ofMinutes(5);
    private static final int NEARLY_FULL_PERCENT = 80;
    private static final int ROOM_AGAIN_PERCENT = 70;
    /** This many counts in a row that each exceed the one before are a growing queue. */
    private static final int GROWING = 5;

    private static final int DELETE_BATCH = 1000;
    private static final int DELETE_ROUNDS = 10;
    private static final Duration BACKLOG_PAUSE = Duration.ofSeconds(1);

    private final EngineContext context;
    private final LogThrottle log;
    private final List<BackgroundJob> jobs;
    private Instant next = Instant.MIN;
    private Instant nextSpoolCheck = Instant.MIN;
    private long totalBefore;
    private long readyBefore;
    private long readyAtFirst;
    private int grown;
    private boolean growing;

    Housekeeping(EngineContext context, Executor executor) {
        this.context = context;
        this.log = context.log(LOG_INTERVAL);
        this.jobs = List.of(
                new BackgroundJob(context, executor, "the statistics", this::count),
                new BackgroundJob(context, executor, "the retention", this::forget));
    }

    List<BackgroundJob> jobs() {
        return jobs;
    }

    private Duration count() {
        Instant now = context.now();
        boolean minuteIsOver = !now.isBefore(next);
        long total = context.metrics.total();
        if (!minuteIsOver && total == totalBefore) {
            return COUNT_INTERVAL;
        }
        totalBefore = total;
        Counts counts = context.store.counts();
        context.metrics.observe(counts);
        watchDeadLetters(counts);
        if (minuteIsOver) {
            next = now.plus(INTERVAL);
            watchGrowth(counts.ready());
            watchDue(counts);
        }
        return COUNT_INTERVAL;
    }

    private Duration forget() {
        for (int round = 0; round < DELETE_ROUNDS && !context.isClosed(); round++) {
            if (context.store.forget(context.now(), DELETE_BATCH) < DELETE_BATCH) {
                return INTERVAL;
            }
        }
        return BACKLOG_PAUSE;
    }

    void watchSpool() {
        Instant now = context.now();
        SpoolDirectory spool = context.spool;
        if (spool == null || now.isBefore(nextSpoolCheck)) {
            return;
        }
        nextSpoolCheck = now.plus(INTERVAL);
        SpoolDirectory.Load load = spool.load();
        int percent = spool.percentFull();
        if (percent >= NEARLY_FULL_PERCENT) {
            if (log.count("full") > 0) {
                LOG.warn(
                        "The spool is {} % full; results are refused once it is full: files={}, bytes={}",
                        percent, load.files(), load.bytes());
            }
        } else if (percent < ROOM_AGAIN_PERCENT && log.reset("full")) {
            LOG.info("The spool has room again: {} % full", percent);
        }
        Duration waiting = context.metrics.since(load.oldest());
        if (waiting.compareTo(STUCK) > 0) {
            if (log.count("undrained") > 0) {
                LOG.warn(
                        "The store does not take the spooled results: files={}, the oldest is {} s old",
                        load.files(),
                        waiting.toSeconds());
            }
        } else if (log.reset("undrained")) {
            LOG.info("The store has taken the results that were spooled for long");
        }
    }

    private void watchDeadLetters(Counts counts) {
        if (counts.dead() == 0) {
            if (log.reset("dead")) {
                LOG.info("All dead letters are delivered or discarded");
            }
        } else if (log.count("dead") > 0) {
            LOG.warn(
                    "The handler failed for some items: dead letters={}, the oldest is {} s old; each is retried until it"
                            + " is delivered or discarded",
                    counts.dead(),
                    context.metrics.getOldestDeadLetterAge().toSeconds());
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
        if (growing && ready <= readyAtFirst) {
            growing = false;
            log.reset("growing");
            LOG.info("The queue of results has shrunk to its former size: {}", ready);
        } else if (growing || grown >= GROWING) {
            growing = true;
            if (log.count("growing") > 0) {
                LOG.warn(
                        "The queue of results grows: {} wait for the handler, {} when the growth began; handlers past"
                                + " their time limit: {}. Raise late-concurrency or make the handler faster",
                        ready,
                        readyAtFirst,
                        context.metrics.getOverdueHandlers());
            }
        }
    }

    private void watchDue(Counts counts) {
        Duration overdue = context.metrics.getOverdue();
        if (overdue.compareTo(STUCK) > 0) {
            if (log.count("stuck") > 0) {
                LOG.warn(
                        "Results have been due for {} s and are not handed over: ready={}, dead letters={}, handlers past"
                                + " their time limit={}",
                        overdue.toSeconds(),
                        counts.ready(),
                        counts.dead(),
                        context.metrics.getOverdueHandlers());
            }
        } else if (log.reset("stuck")) {
            LOG.info("Results that are due are handed over again");
        }
    }
}
