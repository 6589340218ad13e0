package com.playtcha.jakarta.internal.late.engine;

import java.time.Duration;

/** The engine's limits and intervals. Set before the engine is built, and not changed afterwards. */
public final class LateConfig {
    static final Duration TOKEN_LIFETIME = Duration.ofMinutes(5);
    static final int MAX_CODE_BYTES = 64 * 1024;

    Duration firstVerdictPoll = Duration.ofSeconds(5);
    Backoff verdictBackoff = new Backoff(Duration.ofSeconds(5), Duration.ofSeconds(30), 0.5);
    Duration maxThrottle = Duration.ofMinutes(5);
    int maxVerdictPolls = 16;
    Duration firstPoll = Duration.ofSeconds(120);
    Duration pollInterval = Duration.ofSeconds(30);
    Duration pollExpiry = Duration.ofHours(1);
    int maxPolls = 8;
    int concurrency = 8;
    Duration handlerTimeout = Duration.ofMinutes(1);
    Duration lease = Duration.ofSeconds(90);
    Backoff deadLetterRetry = new Backoff(Duration.ofMinutes(5), Duration.ofHours(1), 0);
    Duration retention = Duration.ofDays(7);
    int maxUntracked = 100_000;
    Duration trackTimeout = Duration.ofMillis(250);
    int trackQueue = 64;
    Duration storeTimeout = Duration.ofSeconds(5);
    Duration afterOutage = Duration.ofSeconds(5);

    /** Polls for verdicts: {@code first} after the request, then by {@code backoff}, {@code max} at once per guard. */
    public LateConfig verdictPolling(Duration first, Backoff backoff, int max) {
        firstVerdictPoll = first;
        verdictBackoff = backoff;
        maxVerdictPolls = max;
        return this;
    }

    /** Polls for tasks: settings {@code callback-timeout}, {@code poll-interval} and {@code poll-expiry}. */
    public LateConfig polling(Duration first, Duration interval, Duration expiry, int max) {
        firstPoll = first;
        pollInterval = interval;
        pollExpiry = expiry;
        maxPolls = max;
        return this;
    }

    /**
     * Handlers: how many at once on this node, how long a call may take until it is interrupted and counts as failed,
     * and how long no other node works on a claimed item, which is longer than the timeout and than any poll.
     */
    public LateConfig handling(int max, Duration timeout, Duration leaseTime) {
        if (leaseTime.compareTo(timeout) <= 0) {
            throw new IllegalArgumentException(
                    "the lease has to be longer than the handler timeout, else two nodes call one handler at once");
        }
        concurrency = max;
        handlerTimeout = timeout;
        lease = leaseTime;
        return this;
    }

    public LateConfig concurrency(int max) {
        concurrency = max;
        return this;
    }

    public LateConfig deadLetterRetry(Backoff value) {
        deadLetterRetry = value;
        return this;
    }

    /** The maximum number of results of untracked ids that wait for their handler; dead letters do not count. */
    public LateConfig maxUntracked(int value) {
        maxUntracked = value;
        return this;
    }

    /** How long a fail-open request waits until it is tracked, and how many may wait at once. */
    public LateConfig tracking(Duration timeout, int queue) {
        trackTimeout = timeout;
        trackQueue = queue;
        return this;
    }

    /** How long a callback waits for the store before its result is spooled. */
    public LateConfig storeTimeout(Duration value) {
        storeTimeout = value;
        return this;
    }

    /**
     * How long nothing is polled for, and nothing expires, once the store is back, so that other nodes can drain their
     * spools first; longer than the interval at which the engine is called.
     */
    public LateConfig afterOutage(Duration value) {
        afterOutage = value;
        return this;
    }
}
