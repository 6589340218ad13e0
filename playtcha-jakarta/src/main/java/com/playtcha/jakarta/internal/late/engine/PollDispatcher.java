package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.Claim;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims awaited items within their service's limits, and records the results of the polls. */
final class PollDispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(PollDispatcher.class);
    private static final int MAX_PER_RUN = 1000;
    private static final int EXPIRY_BATCH = 200;
    private static final Duration EXPIRY_INTERVAL = Duration.ofSeconds(1);
    /** Between two batches, so that many expirations at once delay nothing else. */
    private static final Duration EXPIRY_PAUSE = Duration.ofMillis(100);

    private final EngineContext context;
    private final ResultSpool spool;
    private final BackgroundJob expiry;
    /** Queues with a backlog of expired items, which would be polled for one by one. */
    private final Set<WorkQueue> expiring = ConcurrentHashMap.newKeySet();

    PollDispatcher(EngineContext context, ResultSpool spool, Executor executor) {
        this.context = context;
        this.spool = spool;
        this.expiry = new BackgroundJob(context, executor, "the expiry", this::expire);
    }

    BackgroundJob expiry() {
        return expiry;
    }

    /** Polls due items of one source, within the free slots and the rate limit. */
    int run(WorkQueue queue, @Nullable String source, RateLimiter limiter, Bulkhead bulkhead, Consumer<Lease> poller) {
        int taken = 0;
        while (taken < MAX_PER_RUN && !context.isClosed() && !expiring.contains(queue)) {
            Instant now = context.now();
            int wanted = Math.min(bulkhead.available(), limiter.allowance(now));
            if (wanted <= 0) {
                return taken;
            }
            List<Lease> leases = context.store.claim(
                    new Claim(queue, source, false, now, context.node, context.config.lease, wanted));
            bulkhead.hasBacklog(leases.size() == wanted);
            boolean rejected = false;
            for (Lease lease : leases) {
                if (spool.holds(lease.id())) {
                    // The lease keeps the item from being polled until the spool is drained.
                    continue;
                }
                if (!rejected) {
                    limiter.began();
                    rejected = !bulkhead.tryRun(() -> {
                        try {
                            poll(lease, now, limiter, poller);
                        } finally {
                            limiter.ended();
                        }
                    });
                    if (!rejected) {
                        continue;
                    }
                    limiter.ended();
                }
                release(lease);
            }
            if (rejected || leases.isEmpty()) {
                return taken;
            }
            taken += leases.size();
        }
        return taken;
    }

    private void poll(Lease lease, Instant claimedAt, RateLimiter limiter, Consumer<Lease> poller) {
        Instant now = context.now();
        if (context.isClosed()
                || !claimedAt.plus(context.config.lease.dividedBy(2)).isAfter(now)) {
            // After a long wait for a thread another node could claim the item before the answer arrives.
            release(lease);
            return;
        }
        if (!lease.expiresAt().isAfter(now)) {
            settle(lease, expired(lease, now));
            return;
        }
        Duration held = limiter.held(now);
        if (held.isZero()) {
            poller.accept(lease);
        } else {
            // Another item of the same claim failed meanwhile; jitter keeps them from coming back together.
            long millis = held.toMillis();
            Instant due = now.plusMillis(millis + (long) (millis * context.random.nextDouble()));
            reschedule(lease, due, lease.attempts(), lease.sent(), null);
        }
    }

    private void release(Lease lease) {
        reschedule(lease, context.now(), lease.attempts(), lease.sent(), null);
    }

    /** Ends a batch of expired items of each kind, by the store's time. */
    private Duration expire() {
        context.measureClock();
        boolean hasMore = expire(WorkQueue.ASK) | expire(WorkQueue.POLL);
        return hasMore ? EXPIRY_PAUSE : EXPIRY_INTERVAL;
    }

    private boolean expire(WorkQueue queue) {
        Instant now = context.now();
        List<Lease> leases = context.store.claim(
                new Claim(queue, null, true, now, context.node, context.config.lease, EXPIRY_BATCH));
        List<Settlement> expired = new ArrayList<>();
        for (Lease lease : leases) {
            if (!spool.holds(lease.id())) {
                expired.add(new Settlement.Resolved(lease, expired(lease, now)));
            }
        }
        if (!expired.isEmpty()) {
            List<Boolean> recorded = context.store.settle(expired, now);
            for (int i = 0; i < expired.size(); i++) {
                recorded(expired.get(i).lease(), LateOutcome.EXPIRED, recorded.get(i));
            }
        }
        boolean hasMore = leases.size() == EXPIRY_BATCH;
        if (hasMore ? expiring.add(queue) : expiring.remove(queue)) {
            LOG.debug("Many items of {} expire at once: {}", queue, hasMore);
        }
        return hasMore;
    }

    private static LateResult expired(Lease lease, Instant now) {
        return LateResult.of(lease.id(), lease.kind(), LateOutcome.EXPIRED, now)
                .build()
                .withHistory(lease.startedAt(), lease.attempts());
    }

    void reschedule(Lease lease, Instant dueAt, int attempts, boolean sent, @Nullable String error) {
        Instant due = dueAt.isAfter(lease.expiresAt()) ? lease.expiresAt() : dueAt;
        try {
            if (!context.store.reschedule(lease, due, attempts, sent, error, context.now())) {
                context.metrics.add(LateCounter.STALE);
            }
        } catch (StoreException e) {
            // The claim marked it as sent, and its lease expires.
            context.metrics.add(LateCounter.STORE_FAILED);
            LOG.debug("An item could not be rescheduled; it is free once its lease has expired", e);
        }
    }

    /**
     * Records a result at once, since a token can be redeemed only once and a process that dies now could not poll it
     * again. The handler is called later, so that a slow one delays no poll.
     */
    void settle(Lease lease, LateResult result) {
        Instant now = context.now();
        boolean recorded;
        try {
            recorded = context.store.resolve(lease, result, now);
        } catch (RuntimeException | Error e) {
            context.metrics.add(LateCounter.STORE_FAILED);
            // An expiry is found again at any time; a verdict is not, since the token is redeemed.
            if (result.getOutcome() != LateOutcome.EXPIRED && !spool.save(result, StoreCalls.asStoreException(e))) {
                context.metrics.add(LateCounter.UNKEPT);
                LOG.error(
                        "A result could not be stored or spooled and is polled again: id={}, outcome={}",
                        LogText.clean(lease.id()),
                        result.getOutcome());
            }
            return;
        }
        recorded(lease, result.getOutcome(), recorded);
    }

    private void recorded(Lease lease, LateOutcome outcome, boolean isValid) {
        if (!isValid) {
            context.metrics.add(LateCounter.STALE);
            return;
        }
        context.publish(lease.id(), lease.kind(), LateState.AWAITING, LateState.READY, outcome);
        context.wake();
    }
}
