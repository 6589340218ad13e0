package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.BreakerState;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.util.EventPublisher;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stops calls to a service that is slow or broken on the transport (docs/contract.md, section 3). Opens when, within
 * the last 10 s, at least 10 calls were made and 80 % of them failed; stays open for 5 s, doubling to 30 s, then
 * permits one probe at a time, which fails if it does not report. Any HTTP answer is a success here, so that no
 * visitor's token opens it. Thread-safe.
 */
public final class Breaker {
    static final Duration FIRST_OPEN = Duration.ofSeconds(5);
    static final Duration MAX_OPEN = Duration.ofSeconds(30);
    /** How long a probe may take beyond the deadline of its call; a lost one must not keep the breaker half open. */
    static final Duration PROBE_GRACE = Duration.ofSeconds(5);
    /** The wait while a probe is under way. */
    private static final Duration PROBE_RETRY_DELAY = Duration.ofMillis(500);

    private static final int MIN_CALLS = 10;
    private static final int FAILED_PERCENT = 80;
    private static final int BUCKETS = 100;
    private static final long BUCKET_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** What the end of a call says about the service. */
    private enum CallEffect {
        SUCCESS,
        ERROR,
        IGNORED
    }

    private final LongSupplier nanoTime;
    private final Endpoint endpoint;
    private final long probeNanos;
    private final EventPublisher<BreakerChange> changes;
    private final int[] calls = new int[BUCKETS];
    private final int[] failures = new int[BUCKETS];
    private final long start;
    private long bucket;
    private volatile BreakerState state = BreakerState.CLOSED;
    private Duration openFor = FIRST_OPEN;
    private long openedAt;
    private long probedAt;
    private volatile long generation;

    /**
     * Creates a closed breaker for calls with this deadline. The listener is called with every change, in order and
     * outside the lock.
     */
    public Breaker(LongSupplier nanoTime, Endpoint endpoint, Duration timeout, Consumer<BreakerChange> listener) {
        this.nanoTime = nanoTime;
        this.endpoint = endpoint;
        this.probeNanos = timeout.plus(PROBE_GRACE).toNanos();
        this.changes = new EventPublisher<>(listener);
        this.start = nanoTime.getAsLong();
    }

    /** Returns permission for one call, or null while the breaker is open. */
    public @Nullable Permission tryAcquire() {
        // Read before the state, so that a permission for a state that has just ended does not count in the next one.
        Permission permission = new Permission(generation);
        if (state == BreakerState.CLOSED) {
            return permission;
        }
        synchronized (this) {
            long now = nanoTime.getAsLong();
            if (state == BreakerState.HALF_OPEN && now - probedAt >= probeNanos) {
                openLonger(probedAt + probeNanos);
            }
            boolean isDue = state == BreakerState.OPEN && now - openedAt >= openFor.toNanos();
            if (isDue) {
                probedAt = now;
                changeTo(BreakerState.HALF_OPEN);
            }
            permission = isDue || state == BreakerState.CLOSED ? new Permission(generation) : null;
        }
        try {
            changes.publish();
        } catch (Throwable e) {
            // A probe that is never reported would keep the breaker half open for ever.
            if (permission != null) {
                permission.release();
            }
            throw e;
        }
        return permission;
    }

    void addGuard(String name) {
        endpoint.guards().add(name);
    }

    public BreakerState state() {
        return state;
    }

    /** Returns true also while a probe is due or under way. */
    public boolean isOpen() {
        return state != BreakerState.CLOSED;
    }

    /** Returns the time until a call or a probe can be permitted; zero if one can be now. */
    public synchronized Duration waitTime() {
        if (state != BreakerState.OPEN) {
            return isOpen() ? PROBE_RETRY_DELAY : Duration.ZERO;
        }
        Duration left = openFor.minusNanos(nanoTime.getAsLong() - openedAt);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Closes the breaker and discards the calls of the last seconds. */
    void reset() {
        synchronized (this) {
            closeAndDiscardCalls();
        }
        changes.publish();
    }

    private void closeAndDiscardCalls() {
        openFor = FIRST_OPEN;
        Arrays.fill(calls, 0);
        Arrays.fill(failures, 0);
        if (state != BreakerState.CLOSED) {
            changeTo(BreakerState.CLOSED);
        }
    }

    /** Permission for one call, whose end is reported exactly once. */
    public final class Permission {
        private final long permissionGeneration;

        private Permission(long permissionGeneration) {
            this.permissionGeneration = permissionGeneration;
        }

        /** Reports how the call ended; null for a call that was not made. */
        void onResult(@Nullable CallResult result) {
            report(this, result == null ? CallEffect.IGNORED : effect(result));
        }

        private static CallEffect effect(CallResult result) {
            // The fault is on this side.
            boolean isOwn = result.reason() == Reason.INTERRUPTED || result.reason() == Reason.LOCAL_RESOURCES;
            return isOwn ? CallEffect.IGNORED : result.status() > 0 ? CallEffect.SUCCESS : CallEffect.ERROR;
        }

        /** Ends a call that does not count: it was not made, or was cancelled on our side. */
        public void release() {
            report(this, CallEffect.IGNORED);
        }
    }

    private void report(Permission permission, CallEffect effect) {
        synchronized (this) {
            // A call that began before the last change of state does not count in this one.
            if (permission.permissionGeneration == generation) {
                if (state == BreakerState.HALF_OPEN) {
                    recordProbe(effect);
                } else if (effect != CallEffect.IGNORED) {
                    recordCall(effect);
                }
            }
        }
        changes.publish();
    }

    private void recordProbe(CallEffect effect) {
        switch (effect) {
            case SUCCESS -> closeAndDiscardCalls();
            case ERROR -> openLonger(nanoTime.getAsLong());
            // The probe is still due, so no listener is called.
            case IGNORED -> moveTo(BreakerState.OPEN);
        }
    }

    private void recordCall(CallEffect effect) {
        int i = currentBucket();
        calls[i]++;
        if (effect == CallEffect.ERROR) {
            failures[i]++;
            int made = Arrays.stream(calls).sum();
            if (made >= MIN_CALLS && Arrays.stream(failures).sum() * 100L >= made * (long) FAILED_PERCENT) {
                open(nanoTime.getAsLong());
            }
        }
    }

    private void openLonger(long at) {
        Duration doubled = openFor.multipliedBy(2);
        openFor = doubled.compareTo(MAX_OPEN) > 0 ? MAX_OPEN : doubled;
        open(at);
    }

    private void open(long at) {
        openedAt = at;
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
        changes.enqueue(new BreakerChange(endpoint.host(), endpoint.baseUrl(), endpoint.guards(), state, to, time));
        moveTo(to);
    }

    private void moveTo(BreakerState to) {
        state = to;
        generation++;
    }
}
