package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.config.LateSettings;
import com.playtcha.jakarta.internal.late.engine.LateConfig.Backoff;
import java.time.Duration;

/** A configuration whose limits and intervals a test sets. */
public final class TestLateConfig extends LateConfig {
    /** Without jitter, so that a test's clock decides. */
    public TestLateConfig() {
        deadLetterRetry = new Backoff(Duration.ofMinutes(5), Duration.ofHours(1), 0);
    }

    public TestLateConfig(LateSettings settings) {
        super(settings);
    }

    /** Polls for verdicts: {@code first} after the request, then by {@code backoff}, {@code max} at once per guard. */
    public TestLateConfig verdictPolling(Duration first, Backoff backoff, int max) {
        firstVerdictPoll = first;
        verdictBackoff = backoff;
        maxVerdictPolls = max;
        return this;
    }

    /** Polls for tasks: settings {@code callback-timeout}, {@code poll-interval} and {@code poll-expiry}. */
    public TestLateConfig polling(Duration first, Duration interval, Duration expiry, int max) {
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
    public TestLateConfig handling(int max, Duration timeout, Duration leaseTime) {
        if (leaseTime.compareTo(timeout) <= 0) {
            throw new IllegalArgumentException(
                    "the lease has to be longer than the handler timeout, else two nodes call one handler at once");
        }
        concurrency = max;
        handlerTimeout = timeout;
        lease = leaseTime;
        return this;
    }

    public TestLateConfig concurrency(int max) {
        concurrency = max;
        return this;
    }

    public TestLateConfig deadLetterRetry(Backoff value) {
        deadLetterRetry = value;
        return this;
    }

    /** The maximum number of results of untracked ids that wait for their handler; dead letters do not count. */
    public TestLateConfig maxUntracked(int value) {
        maxUntracked = value;
        return this;
    }

    /** How long a fail-open request waits until it is tracked, and how many may wait at once. */
    public TestLateConfig tracking(Duration timeout, int queue) {
        trackTimeout = timeout;
        trackQueue = queue;
        return this;
    }

    /** How long a callback waits for the store before its result is spooled. */
    public TestLateConfig storeTimeout(Duration value) {
        storeTimeout = value;
        return this;
    }

    /**
     * How long nothing is polled for, and nothing expires, once the store is back, so that other nodes can drain their
     * spools first; longer than the interval at which the engine is called.
     */
    public TestLateConfig afterOutage(Duration value) {
        afterOutage = value;
        return this;
    }
}
