package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.BreakerState;
import com.playtcha.jakarta.internal.util.EventPublisher;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stops asking a service that is slow or broken on the transport (contract, section 3). Opens when, within the last 10
 * s, at least 10 calls were made and 80 % of them failed; stays open for 5 s, doubling to 30 s, then lets one probe at a
 * time through. Any HTTP answer is a success here, so that no visitor's token opens it. Thread-safe.
 */
public final class Breaker {
    static final Duration FIRST_OPEN = Duration.ofSeconds(5);
    static final Duration LONGEST_OPEN = Duration.ofSeconds(30);
    /** How soon to look again whether a probe that is on its way was answered. */
    private static final Duration PROBING = Duration.ofMillis(500);

    private static final int MIN_CALLS = 10;
    private static final int FAILED_PERCENT = 80;
    private static final int BUCKETS = 100;
    private static final long BUCKET_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final LongSupplier nanoTime;
    private final String host;
    private final EventPublisher<BreakerChange> changes;
    private final int[] calls = new int[BUCKETS];
    private final int[] failures = new int[BUCKETS];
    private final long start;
    private long bucket;
    private BreakerState state = BreakerState.CLOSED;
    private Duration openFor = FIRST_OPEN;
    private long openedAt;
    private long generation;

    /**
     * A closed breaker.
     *
     * @param nanoTime a monotonic clock in nanoseconds
     * @param host whom calls are held back from
     * @param listener hears of every change, in order and outside the breaker's lock
     */
    public Breaker(LongSupplier nanoTime, String host, Consumer<BreakerChange> listener) {
        this.nanoTime = nanoTime;
        this.host = host;
        this.changes = new EventPublisher<>(listener);
        this.start = nanoTime.getAsLong();
    }

    /**
     * Asks to make a call.
     *
     * @return a pass whose result must be told exactly once; null when no call may be made now
     */
    public @Nullable Pass tryPass() {
        Pass pass = null;
        synchronized (this) {
            if (state == BreakerState.CLOSED) {
                pass = new Pass(generation, false);
            } else if (state == BreakerState.OPEN && nanoTime.getAsLong() - openedAt >= openFor.toNanos()) {
                changeTo(BreakerState.HALF_OPEN);
                pass = new Pass(generation, true);
            }
        }
        try {
            changes.publish();
        } catch (Throwable e) {
            // A pass that nobody brings back would keep the breaker half open for ever.
            if (pass != null) {
                pass.inconclusive();
            }
            throw e;
        }
        return pass;
    }

    /**
     * Whether calls are held back, a probe on its way or due included.
     *
     * @return false when closed
     */
    public synchronized boolean isOpen() {
        return state != BreakerState.CLOSED;
    }

    /**
     * How long calls are held back still.
     *
     * @return zero where a call, or a probe, may be made; while a probe is on its way, a moment
     */
    public synchronized Duration heldBackFor() {
        return switch (state) {
            case CLOSED -> Duration.ZERO;
            case HALF_OPEN -> PROBING;
            case OPEN -> {
                Duration left = openFor.minusNanos(nanoTime.getAsLong() - openedAt);
                yield left.isNegative() ? Duration.ZERO : left;
            }
        };
    }

    /** Leave for one call. */
    public final class Pass {
        private final long passGeneration;
        private final boolean probe;

        private Pass(long passGeneration, boolean probe) {
            this.passGeneration = passGeneration;
            this.probe = probe;
        }

        /**
         * The call ended.
         *
         * @param answer what it brought
         */
        void ended(UpstreamResponse answer) {
            if (answer instanceof UpstreamResponse.HttpReply) {
                answered();
                return;
            }
            switch (((UpstreamResponse.CallFailure) answer).reason()) {
                case INTERRUPTED, EXHAUSTED -> inconclusive();
                default -> failed();
            }
        }

        /** There was an HTTP answer, whatever its status. */
        public void answered() {
            record(this, Boolean.TRUE);
        }

        /** The call failed on the transport: no connection, a reset, the deadline. */
        public void failed() {
            record(this, Boolean.FALSE);
        }

        /** The call says nothing about the service: it was not made, or was given up on our side. */
        public void inconclusive() {
            record(this, null);
        }
    }

    private void record(Pass pass, @Nullable Boolean answered) {
        synchronized (this) {
            if (pass.passGeneration != generation) {
                // Began before the last change of state: its news is old.
                return;
            }
            if (pass.probe) {
                recordProbe(answered);
            } else if (answered != null) {
                int i = currentBucket();
                calls[i]++;
                if (!answered) {
                    failures[i]++;
                    openIfBroken();
                }
            }
        }
        changes.publish();
    }

    private void recordProbe(@Nullable Boolean answered) {
        if (answered == null) {
            // Still due: the next call probes. Nothing has changed that anyone should hear of.
            moveTo(BreakerState.OPEN);
            return;
        }
        if (answered) {
            openFor = FIRST_OPEN;
            Arrays.fill(calls, 0);
            Arrays.fill(failures, 0);
            changeTo(BreakerState.CLOSED);
            return;
        }
        Duration doubled = openFor.multipliedBy(2);
        openFor = doubled.compareTo(LONGEST_OPEN) > 0 ? LONGEST_OPEN : doubled;
        openedAt = nanoTime.getAsLong();
        changeTo(BreakerState.OPEN);
    }

    private void openIfBroken() {
        int made = 0;
        int failed = 0;
        for (int i = 0; i < BUCKETS; i++) {
            made += calls[i];
            failed += failures[i];
        }
        if (made < MIN_CALLS || failed * 100L < made * (long) FAILED_PERCENT) {
            return;
        }
        openedAt = nanoTime.getAsLong();
        changeTo(BreakerState.OPEN);
    }

    private int currentBucket() {
        long now = (nanoTime.getAsLong() - start) / BUCKET_NANOS;
        long passed = Math.min(now - bucket, BUCKETS);
        for (long i = 1; i <= passed; i++) {
            int cleared = (int) ((bucket + i) % BUCKETS);
            calls[cleared] = 0;
            failures[cleared] = 0;
        }
        bucket = Math.max(bucket, now);
        return (int) (bucket % BUCKETS);
    }

    private void changeTo(BreakerState to) {
        Duration time = to == BreakerState.OPEN ? openFor : Duration.ZERO;
        changes.enqueue(new BreakerChange(host, state, to, time));
        moveTo(to);
    }

    private void moveTo(BreakerState to) {
        state = to;
        generation++;
    }
}
