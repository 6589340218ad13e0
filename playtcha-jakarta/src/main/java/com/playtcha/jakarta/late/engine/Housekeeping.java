package com.playtcha.jakarta.late.engine;

import com.playtcha.jakarta.late.letters.DeadLetterDirectory;
import com.playtcha.jakarta.late.store.Counts;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Once a minute: counts, forgets what has ended, and says when something does not move. */
final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final Duration STUCK = Duration.ofMinutes(5);
    private static final int FORGOTTEN_AT_ONCE = 200;
    private static final int ROUNDS = 10;

    private final Parts parts;
    private Instant next = Instant.MIN;
    private long deadBefore;

    Housekeeping(Parts parts) {
        this.parts = parts;
    }

    void run() {
        Instant now = parts.now();
        if (now.isBefore(next)) {
            return;
        }
        next = now.plus(INTERVAL);
        Counts counts = parts.store.counts();
        parts.stats.observe(counts);
        DeadLetterDirectory directory = parts.letters;
        DeadLetterDirectory.Load load = directory == null ? null : directory.load();
        if (load != null) {
            parts.stats.observe(load);
        }
        warn(counts, load, now);
        for (int round = 0; round < ROUNDS && !parts.isClosed(); round++) {
            if (parts.store.forget(now, FORGOTTEN_AT_ONCE) < FORGOTTEN_AT_ONCE) {
                return;
            }
        }
    }

    private void warn(Counts counts, DeadLetterDirectory.@Nullable Load load, Instant now) {
        long dead = parts.stats.deadLetters();
        if (dead > deadBefore) {
            LOG.warn(
                    "There are more dead letters: {} ({} a minute ago), the oldest is {} s old",
                    dead,
                    deadBefore,
                    parts.stats.oldestDeadLetter(now).toSeconds());
        }
        deadBefore = dead;
        if (isStuck(counts.oldestReady(), now) || isStuck(counts.earliestRetry(), now)) {
            LOG.warn(
                    "Results that are due are not handed over: ready={}, dead letters={}, due since {} and {}",
                    counts.ready(),
                    counts.dead(),
                    counts.oldestReady(),
                    counts.earliestRetry());
        }
        if (load != null && isStuck(load.oldest(), now)) {
            LOG.warn("The store does not take what is in the dead-letter directory: files={}", load.files());
        }
    }

    private static boolean isStuck(@Nullable Instant dueSince, Instant now) {
        return dueSince != null && dueSince.plus(STUCK).isBefore(now);
    }
}
