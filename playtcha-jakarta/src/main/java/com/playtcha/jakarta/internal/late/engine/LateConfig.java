package com.playtcha.jakarta.internal.late.engine;

import java.time.Duration;

/** How the engine works: every limit and interval. Immutable; the defaults are the contract's where it names one. */
public final class LateConfig {
    final Duration verdictLife;
    final Duration firstAsk;
    final Backoff askBackoff;
    final Duration mostThrottle;
    final int mostAsks;
    final Duration firstPoll;
    final Duration pollInterval;
    final Duration pollExpiry;
    final int mostPolls;
    final int mostDeliveries;
    final Duration handlerLimit;
    final Duration lease;
    final Backoff deadLetterRetry;
    final Duration retention;
    final int mostUnknown;
    final int mostCode;
    final Duration trackLimit;
    final int trackQueue;
    final Duration storeLimit;
    final Duration afterOutage;

    private LateConfig(Builder builder) {
        this.verdictLife = Duration.ofMinutes(5);
        this.firstAsk = builder.firstAsk;
        this.askBackoff = builder.askBackoff;
        this.mostThrottle = builder.mostThrottle;
        this.mostAsks = builder.mostAsks;
        this.firstPoll = builder.firstPoll;
        this.pollInterval = builder.pollInterval;
        this.pollExpiry = builder.pollExpiry;
        this.mostPolls = builder.mostPolls;
        this.mostDeliveries = builder.mostDeliveries;
        this.handlerLimit = builder.handlerLimit;
        this.lease = builder.lease;
        this.deadLetterRetry = builder.deadLetterRetry;
        this.retention = builder.retention;
        this.mostUnknown = builder.mostUnknown;
        this.mostCode = 64 * 1024;
        this.trackLimit = builder.trackLimit;
        this.trackQueue = builder.trackQueue;
        this.storeLimit = builder.storeLimit;
        this.afterOutage = builder.afterOutage;
        if (lease.compareTo(handlerLimit) <= 0) {
            throw new IllegalArgumentException(
                    "a lease is longer than the time limit for handlers, or two nodes call one" + " handler at once");
        }
    }

    /**
     * Starts from the defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects what differs from the defaults. Not thread-safe. */
    public static final class Builder {
        private Duration firstAsk = Duration.ofSeconds(5);
        private Backoff askBackoff = new Backoff(Duration.ofSeconds(5), Duration.ofSeconds(30), 0.5);
        private Duration mostThrottle = Duration.ofMinutes(5);
        private int mostAsks = 16;
        private Duration firstPoll = Duration.ofSeconds(120);
        private Duration pollInterval = Duration.ofSeconds(30);
        private Duration pollExpiry = Duration.ofHours(1);
        private int mostPolls = 8;
        private int mostDeliveries = 8;
        private Duration handlerLimit = Duration.ofMinutes(1);
        private Duration lease = Duration.ofMinutes(3);
        private Backoff deadLetterRetry = new Backoff(Duration.ofMinutes(5), Duration.ofHours(1), 0);
        private Duration retention = Duration.ofDays(7);
        private int mostUnknown = 10_000;
        private Duration trackLimit = Duration.ofMillis(250);
        private int trackQueue = 64;
        private Duration storeLimit = Duration.ofSeconds(5);
        private Duration afterOutage = Duration.ofSeconds(5);

        private Builder() {}

        /**
         * Sets how Playtcha is asked again.
         *
         * @param first how long after the request
         * @param backoff after that
         * @param most at once on this node, for each guard
         * @return this
         */
        public Builder asking(Duration first, Backoff backoff, int most) {
            this.firstAsk = first;
            this.askBackoff = backoff;
            this.mostAsks = most;
            return this;
        }

        /**
         * Sets the longest throttle window that is believed.
         *
         * @param value setting {@code max-retry-after}
         * @return this
         */
        public Builder mostThrottle(Duration value) {
            this.mostThrottle = value;
            return this;
        }

        /**
         * Sets how tasks are polled for.
         *
         * @param first how long after it was tracked: setting {@code callback-timeout}
         * @param interval setting {@code poll-interval}
         * @param expiry setting {@code poll-expiry}
         * @param most at once on this node
         * @return this
         */
        public Builder polling(Duration first, Duration interval, Duration expiry, int most) {
            this.firstPoll = first;
            this.pollInterval = interval;
            this.pollExpiry = expiry;
            this.mostPolls = most;
            return this;
        }

        /**
         * Sets how results are handed over.
         *
         * @param most at once on this node
         * @param limit how long a call may take until it is interrupted and counts as failed
         * @param lease how long no other node works on an item; longer than the limit, and than any ask or poll takes
         * @return this
         */
        public Builder handling(int most, Duration limit, Duration lease) {
            this.mostDeliveries = most;
            this.handlerLimit = limit;
            this.lease = lease;
            return this;
        }

        /**
         * Sets when dead letters are tried again.
         *
         * @param value setting {@code dead-letter-retry}, doubling to an hour
         * @return this
         */
        public Builder deadLetterRetry(Backoff value) {
            this.deadLetterRetry = value;
            return this;
        }

        /**
         * Sets how long an item that has ended is known, so that its result's repetitions are.
         *
         * @param value 7 days by default
         * @return this
         */
        public Builder retention(Duration value) {
            this.retention = value;
            return this;
        }

        /**
         * Sets how many results for ids that nobody tracked may wait.
         *
         * @param value 10,000 by default
         * @return this
         */
        public Builder mostUnknown(int value) {
            this.mostUnknown = value;
            return this;
        }

        /**
         * Sets how long a request waits for its pass to be tracked.
         *
         * @param limit 250 ms by default
         * @param queue how many may wait at once
         * @return this
         */
        public Builder tracking(Duration limit, int queue) {
            this.trackLimit = limit;
            this.trackQueue = queue;
            return this;
        }

        /**
         * Sets how long a callback waits for the store before it goes to the dead-letter directory.
         *
         * @param value 5 s by default
         * @return this
         */
        public Builder storeLimit(Duration value) {
            this.storeLimit = value;
            return this;
        }

        /**
         * Sets for how long nothing is asked for, and nothing expires, once the store has come back: until then, other
         * nodes bring it what they kept meanwhile.
         *
         * @param value 5 s by default; longer than the interval at which nodes look
         * @return this
         */
        public Builder afterOutage(Duration value) {
            this.afterOutage = value;
            return this;
        }

        /**
         * Makes the configuration.
         *
         * @return immutable
         * @throws IllegalArgumentException for a lease that is not longer than the time limit for handlers
         */
        public LateConfig build() {
            return new LateConfig(this);
        }
    }
}
