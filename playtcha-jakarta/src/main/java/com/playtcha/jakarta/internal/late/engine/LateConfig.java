package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.config.LateSettings;
import com.playtcha.jakarta.internal.config.Setting;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** The engine's limits and intervals: what the settings say, and what is fixed. Not changed once an engine is built. */
public class LateConfig {
    static final Duration TOKEN_LIFETIME = Duration.ofMinutes(5);
    private static final Duration MAX_RETRY = Duration.ofHours(1);

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
    /**
     * Renewed by the heartbeat while work goes on. Items of a node that died are taken over within 15 s: after the lease, a
     * second until another node's next heartbeat, and what a busy machine needs for its claim.
     */
    Duration lease = Duration.ofSeconds(10);

    Backoff deadLetterRetry = new Backoff(Duration.ofMinutes(5), MAX_RETRY, 0.1);
    /** After this many calls that failed, the item is given up. */
    int maxAttempts = Integer.MAX_VALUE;

    Duration retention = Duration.ofDays(7);
    int maxUntracked = 100_000;
    /** How long a fail-open request waits until it is tracked, and how many may wait at once. */
    Duration trackTimeout = Duration.ofMillis(250);

    int trackQueue = 64;
    /** How long a caller waits for the store. */
    Duration storeTimeout = Duration.ofSeconds(5);
    /** How long a callback waits for the store before its result is spooled. */
    Duration acceptTimeout = Duration.ofSeconds(2);
    /** How long a callback waits for store and spool together; it is answered within 5 s. */
    Duration callbackTimeout = Duration.ofMillis(4500);
    /** How many requests may wait for longer than {@code longWait}. */
    int maxWaiting = 32;

    Duration longWait = Duration.ofMillis(250);
    /** How long a thread that has stored a group of arrivals waits for as many again. */
    Duration linger = Duration.ofNanos(300_000);
    /**
     * How long a thread that has recorded how calls of the handler ended waits for more of them, for which nobody waits; if
     * the process is killed meanwhile, these calls are repeated.
     */
    Duration settleLinger = Duration.ofMillis(10);
    /**
     * How long nothing is polled for, and nothing expires, once the store is back, so that other nodes can drain their
     * spools first; longer than the interval at which the engine is called.
     */
    Duration afterOutage = Duration.ofSeconds(5);

    /** For jitter, which needs no secrecy. */
    RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    /** For the ids of late verdicts, which nobody must be able to guess. */
    RandomGenerator ids = new SecureRandom();

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

    /** For the command, which does not know {@code late-retention}: what it discards is remembered at least as long. */
    public static LateConfig ofCommand() {
        LateConfig config = new LateConfig();
        config.retention = Setting.MAX_LATE_RETENTION;
        return config;
    }

    public LateConfig(LateSettings settings) {
        firstPoll = settings.firstPoll();
        pollInterval = settings.get(Setting.POLL_INTERVAL);
        pollExpiry = settings.get(Setting.POLL_EXPIRY);
        concurrency = settings.get(Setting.LATE_CONCURRENCY);
        deadLetterRetry = new Backoff(settings.get(Setting.DEAD_LETTER_RETRY), MAX_RETRY, 0.1);
        maxUntracked = settings.get(Setting.LATE_MAX_UNTRACKED);
        maxAttempts = settings.get(Setting.LATE_MAX_ATTEMPTS).orElse(Integer.MAX_VALUE);
        handlerTimeout = settings.get(Setting.LATE_HANDLER_TIMEOUT);
        retention = settings.get(Setting.LATE_RETENTION);
        maxWaiting = settings.get(Setting.LATE_MAX_WAITING);
    }
}
