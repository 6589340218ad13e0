package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.config.LateSettings;
import com.playtcha.jakarta.internal.late.engine.LateConfig.Backoff;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** A configuration whose limits and intervals a test sets. */
public final class TestLateConfig extends LateConfig {
    /** Without jitter, so that a test's clock decides. */
    public TestLateConfig() {
        // A test moves its clock in steps that no heartbeat follows.
        lease = Duration.ofSeconds(90);
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
        concurrency = max;
        handlerTimeout = timeout;
        lease = leaseTime;
        return this;
    }

    public TestLateConfig concurrency(int max) {
        concurrency = max;
        return this;
    }

    /** After how many failures an item is given up. */
    public TestLateConfig maxAttempts(int value) {
        maxAttempts = value;
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

    /** How long a caller waits for the store; a callback's result is spooled then, and it waits as long for the spool. */
    public TestLateConfig storeTimeout(Duration value) {
        storeTimeout = value;
        acceptTimeout = value;
        callbackTimeout = value.multipliedBy(2);
        return this;
    }

    /** How long a callback waits for the store, and for store and spool together. */
    public TestLateConfig callbacks(Duration ofStore, Duration ofBoth) {
        acceptTimeout = ofStore;
        callbackTimeout = ofBoth;
        return this;
    }

    /** How many requests may wait for longer than {@code longer} for the store or the spool. */
    public TestLateConfig maxWaiting(int value, Duration longer) {
        maxWaiting = value;
        longWait = longer;
        return this;
    }

    /** How long threads that have written a group wait for more, by the machine's clock. */
    public TestLateConfig linger(Duration value) {
        linger = value;
        settleLinger = value;
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

    /** Draws jitter and ids from a generator, so that a run can be repeated. */
    public TestLateConfig random(RandomGenerator value) {
        random = value;
        ids = value;
        return this;
    }
}
