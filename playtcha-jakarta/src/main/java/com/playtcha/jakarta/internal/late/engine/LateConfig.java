package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.config.LateSettings;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** The engine's limits and intervals: what the settings say, and what is fixed. Not changed once an engine is built. */
public class LateConfig {
    static final Duration TOKEN_LIFETIME = Duration.ofMinutes(5);
    private static final Duration LONGEST_RETRY = Duration.ofHours(1);

    /** Polls for verdicts: the first after the request, then by the backoff, so many at once per guard. */
    Duration firstVerdictPoll = Duration.ofSeconds(5);

    Backoff verdictBackoff = new Backoff(Duration.ofSeconds(5), Duration.ofSeconds(30), 0.5);
    Duration maxThrottle = Duration.ofMinutes(5);
    int maxVerdictPolls = 16;
    Duration firstPoll = Duration.ofSeconds(120);
    Duration pollInterval = Duration.ofSeconds(30);
    Duration pollExpiry = Duration.ofHours(1);
    int maxPolls = 8;
    int concurrency = 8;
    /** How long a handler may take until it is interrupted and counts as failed. */
    Duration handlerTimeout = Duration.ofMinutes(1);
    /** Longer than the handler timeout and than any poll, else two nodes work on one item at once. */
    Duration lease = Duration.ofSeconds(90);

    Backoff deadLetterRetry = new Backoff(Duration.ofMinutes(5), LONGEST_RETRY, 0.1);
    Duration retention = Duration.ofDays(7);
    int maxUntracked = 100_000;
    /** How long a fail-open request waits until it is tracked, and how many may wait at once. */
    Duration trackTimeout = Duration.ofMillis(250);

    int trackQueue = 64;
    /** How long a callback waits for the store before its result is spooled. */
    Duration storeTimeout = Duration.ofSeconds(5);
    /**
     * How long nothing is polled for, and nothing expires, once the store is back, so that other nodes can drain their
     * spools first; longer than the interval at which the engine is called.
     */
    Duration afterOutage = Duration.ofSeconds(5);

    /** Waits that double from the first to the longest, less a random part: what failed together is not retried together. */
    public record Backoff(Duration first, Duration longest, double jitter) {

        /** Returns the wait after a number of failures. */
        public Duration after(int failures, RandomGenerator random) {
            long doubled = first.toMillis() << Math.min(Math.max(failures, 1) - 1, 20);
            long millis = Math.min(doubled, longest.toMillis());
            return Duration.ofMillis(Math.max(1, millis - (long) (millis * jitter * random.nextDouble())));
        }
    }

    /** Creates the defaults. */
    public LateConfig() {}

    public LateConfig(LateSettings settings) {
        firstPoll = settings.firstPoll();
        pollInterval = settings.pollInterval();
        pollExpiry = settings.pollExpiry();
        concurrency = settings.lateConcurrency();
        deadLetterRetry = new Backoff(settings.deadLetterRetry(), LONGEST_RETRY, 0.1);
        maxUntracked = settings.lateMaxUntracked();
    }
}
