package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.Counts;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Once a minute, and counts every few seconds while there is something to do: counts, forgets what has ended, and says what grows or does not move (contract, section 7). What it says
 * of the directory does not wait for the store, since the one fills while the other is down.
 */
final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    /** Where something has changed: an operator who looks is to see it. */
    private static final Duration BETWEEN_COUNTS = Duration.ofSeconds(5);

    private static final Duration STUCK = Duration.ofMinutes(5);
    /** In percent: so full, the directory has a line in the log; it is over again somewhat below. */
    private static final int FULL = 80;

    private static final int NOT_FULL = 70;
    /** So many looks one after another that each show more than the one before are a queue that grows. */
    private static final int GROWING = 5;

    private static final int FORGOTTEN_AT_ONCE = 200;
    private static final int ROUNDS = 10;

    private final EngineContext context;
    private final Trouble dead = new Trouble();
    private final Trouble growing = new Trouble();
    private final Trouble stuck = new Trouble();
    private final Trouble full = new Trouble();
    private final Trouble undrained = new Trouble();
    private Instant next = Instant.MIN;
    private Instant nextCount = Instant.MIN;
    private long totalBefore;
    private Instant nextOfDirectory = Instant.MIN;
    private long readyBefore;
    private long readyAtFirst;
    private int grown;

    Housekeeping(EngineContext context) {
        this.context = context;
    }

    void run() {
        Instant now = context.now();
        boolean minuteIsOver = !now.isBefore(next);
        long total = context.stats.total();
        if (!minuteIsOver && (total == totalBefore || now.isBefore(nextCount))) {
            return;
        }
        totalBefore = total;
        nextCount = now.plus(BETWEEN_COUNTS);
        Counts counts = context.store.counts();
        context.stats.observe(counts, now);
        watchDeadLetters(counts, now);
        if (!minuteIsOver) {
            return;
        }
        next = now.plus(INTERVAL);
        watchGrowth(counts, now);
        watchDue(counts, now);
        for (int round = 0; round < ROUNDS && !context.isClosed(); round++) {
            if (context.store.forget(now, FORGOTTEN_AT_ONCE) < FORGOTTEN_AT_ONCE) {
                return;
            }
        }
    }

    /** Looks at the directory alone, whether or not the store works. */
    void watchDirectory() {
        Instant now = context.now();
        SpoolDirectory directory = context.letters;
        if (directory == null || now.isBefore(nextOfDirectory)) {
            return;
        }
        nextOfDirectory = now.plus(INTERVAL);
        SpoolDirectory.Load load = directory.load();
        int percent = directory.percentFull();
        if (percent >= (full.lasts() ? NOT_FULL : FULL)) {
            if (full.mustBeSaid(now, percent)) {
                LOG.warn(
                        "The dead-letter directory is {} % full, and refuses results when it is full: files={}, bytes={}",
                        percent, load.files(), load.bytes());
            }
        } else if (full.isOver()) {
            LOG.info("The dead-letter directory has room again: {} % full", percent);
        }
        Duration waiting = EngineMetrics.since(load.oldest(), now);
        if (waiting.compareTo(STUCK) > 0) {
            if (undrained.mustBeSaid(now, load.files())) {
                LOG.warn(
                        "The store does not take what is in the dead-letter directory: files={}, the oldest is {} s old",
                        load.files(),
                        waiting.toSeconds());
            }
        } else if (undrained.isOver()) {
            LOG.info("The store has taken what waited long in the dead-letter directory");
        }
    }

    private void watchDeadLetters(Counts counts, Instant now) {
        long letters = context.stats.deadLetters();
        if (letters == 0) {
            if (dead.isOver()) {
                LOG.info("There are no dead letters any more");
            }
        } else if (dead.mustBeSaid(now, letters)) {
            LOG.warn(
                    "There are dead letters: {}, the oldest is {} s old; {} in the store, {} in the directory",
                    letters,
                    context.stats.oldestDeadLetter(now).toSeconds(),
                    counts.dead(),
                    letters - counts.dead());
        }
    }

    private void watchGrowth(Counts counts, Instant now) {
        long ready = counts.ready();
        if (ready > readyBefore) {
            readyAtFirst = grown == 0 && !growing.lasts() ? readyBefore : readyAtFirst;
            grown++;
        } else {
            grown = 0;
        }
        readyBefore = ready;
        if (growing.lasts() && ready <= readyAtFirst) {
            growing.isOver();
            LOG.info("The queue of results has shrunk to what it was: {}", ready);
        } else if ((grown >= GROWING || growing.lasts()) && growing.mustBeSaid(now, ready)) {
            LOG.warn(
                    "The queue of results grows, since they come faster than the handler takes them, or it does not take"
                            + " them: {} wait to be handed over, {} when it began; handlers that are overdue: {}",
                    ready,
                    readyAtFirst,
                    context.stats.overdueHandlers());
        }
    }

    private void watchDue(Counts counts, Instant now) {
        Duration overdue = context.stats.overdue(now);
        if (overdue.compareTo(STUCK) > 0) {
            if (stuck.mustBeSaid(now, counts.ready() + counts.dead())) {
                LOG.warn(
                        "Results that are due are not handed over, for {} s: ready={}, dead letters={}, handlers that are"
                                + " overdue={}",
                        overdue.toSeconds(),
                        counts.ready(),
                        counts.dead(),
                        context.stats.overdueHandlers());
            }
        } else if (stuck.isOver()) {
            LOG.info("Results that are due are handed over again");
        }
    }
}
