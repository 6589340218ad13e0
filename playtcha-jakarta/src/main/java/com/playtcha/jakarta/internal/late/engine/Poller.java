package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.Claim;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims awaited items within the limits of one service, polls for them, and records the results. */
abstract class Poller {
    private static final Logger LOG = LoggerFactory.getLogger(Poller.class);
    private static final int MAX_PER_RUN = 1000;

    final EngineContext context;
    final RateLimiter limiter;
    private final ResultSpool spool;
    private final Executor executor;
    private final WorkQueue queue;
    private final @Nullable String source;
    /** Whether more was due than could begin; then a poll that ends wakes the engine. */
    private volatile boolean hasBacklog;

    Poller(
            EngineContext context,
            ResultSpool spool,
            Executor executor,
            RateLimiter limiter,
            WorkQueue queue,
            @Nullable String source) {
        this.context = context;
        this.spool = spool;
        this.executor = executor;
        this.limiter = limiter;
        this.queue = queue;
        this.source = source;
    }

    /** Polls for an item, and settles or reschedules it. */
    abstract void poll(Lease lease);

    /** Polls for due items within the rate limit. */
    void run() {
        boolean rejected = false;
        for (int taken = 0; taken < MAX_PER_RUN && !rejected && !context.isClosed(); ) {
            Instant now = context.now();
            int wanted = context.expiring.contains(queue) ? 0 : limiter.allowance(now);
            List<Lease> leases = wanted == 0
                    ? List.of()
                    : context.store.claim(
                            new Claim(queue, source, false, now, context.node, context.config.lease, wanted));
            if (leases.isEmpty()) {
                break;
            }
            taken += leases.size();
            hasBacklog = leases.size() == wanted;
            for (Lease lease : leases) {
                // The lease of one that is spooled keeps it from being polled until the spool is drained.
                if (!spool.holds(lease.id()) && (rejected || !start(lease, now))) {
                    rejected = true;
                    release(lease);
                }
            }
        }
    }

    private boolean start(Lease lease, Instant claimedAt) {
        limiter.began();
        boolean accepted = context.tryRun(executor, () -> {
            try {
                poll(lease, claimedAt);
            } finally {
                limiter.ended();
                if (hasBacklog && limiter.allowance(context.now()) * 2 >= limiter.limit()) {
                    context.wake();
                }
            }
        });
        if (!accepted) {
            limiter.ended();
        }
        return accepted;
    }

    private void poll(Lease lease, Instant claimedAt) {
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
            poll(lease);
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

    static LateResult expired(Lease lease, Instant now) {
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
        context.resolved(lease, result.getOutcome(), recorded);
    }
}
