package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.engine.LateConfig.Backoff;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims awaited items within the limits of one service, polls for them, and records the results. */
final class Poller {
    private static final Logger LOG = LoggerFactory.getLogger(Poller.class);
    private static final int MAX_PER_RUN = 1000;

    private final EngineContext context;
    private final ResultSpool spool;
    private final WorkQueue queue;
    private final @Nullable String source;
    private final Function<Lease, Poll> client;
    private final Supplier<Duration> holdOff;
    private final String name;
    private final Backoff pauses;
    private final RateLimiter limiter;
    /** Polls that were not sent, while the store could not take back the mark of their claims that they may have been. */
    private final Queue<Settlement.Rescheduled> unsent = new ConcurrentLinkedQueue<>();
    /** Whether something may be due; a claim that found nothing is repeated only after a signal. */
    private volatile boolean signalled;
    /** Whether more was due than could begin; then a poll that ends wakes the engine. */
    private volatile boolean hasBacklog;

    /**
     * Creates the poller of one guard's verdicts, or of all tasks where the source is null. Each has a limit of its own, so
     * that a guard whose calls hang delays no other.
     *
     * @param holdOff how long no call may be made
     */
    Poller(
            EngineContext context,
            ResultSpool spool,
            @Nullable String source,
            Function<Lease, Poll> client,
            Supplier<Duration> holdOff) {
        this.context = context;
        this.spool = spool;
        this.source = source;
        this.client = client;
        this.holdOff = holdOff;
        this.queue = source == null ? WorkQueue.TASK_POLL : WorkQueue.VERDICT_POLL;
        this.name = source == null ? "tasks" : "late verdicts, guard=" + source;
        LateConfig config = context.config;
        // No pause exceeds the interval: after an outage the service is polled no later than it would have been.
        this.pauses = source == null ? new Backoff(config.pollInterval, config.pollInterval, 0) : config.verdictBackoff;
        this.limiter = new RateLimiter(
                source == null ? config.maxPolls : config.maxVerdictPolls, pauses, context.random, context::nanoTime);
    }

    /** To be called with the queues of which something may be due. */
    void signal(WorkQueue due) {
        signalled |= due == queue;
    }

    /** Polls for due items within the rate limit. */
    void run() {
        takeBackMarks();
        Duration window = holdOff.get();
        if (!window.isZero()) {
            limiter.throttled(window);
        }
        boolean rejected = false;
        for (int taken = 0; taken < MAX_PER_RUN && !rejected && signalled && !context.isClosed(); ) {
            int wanted = context.expiring.contains(queue) ? 0 : limiter.allowance();
            if (wanted == 0) {
                break;
            }
            signalled = false;
            Instant now = context.now();
            long since = context.nanoTime();
            List<Lease> leases = context.claim(queue, source, false, wanted, false);
            signalled |= !leases.isEmpty();
            taken += leases.size();
            hasBacklog = leases.size() == wanted;
            for (Lease lease : leases) {
                if (spool.contains(lease.id())) {
                    // It waits until the spool is drained, and its claim has marked it as sent, which it is not. The
                    // pause may end after its expiry, or it would be claimed again at once.
                    Instant due = now.plus(context.config.lease);
                    giveBack(new Settlement.Rescheduled(lease, due, lease.attempts(), lease.sent(), null));
                } else {
                    context.leases.add(List.of(lease), since);
                    if (rejected || !start(lease)) {
                        rejected = true;
                        release(lease);
                        context.leases.remove(lease);
                    }
                }
            }
        }
    }

    private boolean start(Lease lease) {
        limiter.began();
        boolean accepted = context.tryExecute(context.workers, () -> {
            try {
                pollUnlessOver(lease);
            } finally {
                context.leases.remove(lease);
                limiter.ended();
                if (hasBacklog && limiter.allowance() * 2 >= limiter.limit()) {
                    context.wake();
                }
            }
        });
        if (!accepted) {
            limiter.ended();
        }
        return accepted;
    }

    private void pollUnlessOver(Lease lease) {
        Instant now = context.now();
        Duration pauseLeft = limiter.pauseLeft();
        if (context.isClosed() || context.leases.isOver(lease)) {
            // Another node may have claimed the item.
            release(lease);
        } else if (!lease.expiresAt().isAfter(now)) {
            settle(lease, expired(lease, now));
        } else if (pauseLeft.isZero()) {
            poll(lease);
        } else {
            // Another item of the same claim failed meanwhile; jitter keeps them from coming back together.
            Duration jitter = Duration.ofMillis((long) (pauseLeft.toMillis() * context.random.nextDouble()));
            reschedule(lease, now.plus(pauseLeft).plus(jitter), lease.attempts(), lease.sent(), null);
        }
    }

    private void poll(Lease lease) {
        context.metrics.add(source == null ? LateCounter.POLLED : LateCounter.ASKED);
        int attempts = lease.attempts() + 1;
        Poll poll;
        try {
            poll = client.apply(lease);
        } catch (RuntimeException | Error e) {
            LOG.error("A bug of this library made a poll fail; it is tried again", e);
            poll = new Poll.Failure("bug", "a bug: " + e.getClass().getName(), null, Poll.Scope.SERVICE, true, true);
        }
        Instant now = context.now();
        if (poll instanceof Poll.Failure failure) {
            failed(lease, attempts, failure, now);
            return;
        }
        boolean again = limiter.answered();
        if (poll instanceof Poll.Final last) {
            LateResult.Builder result = LateResult.of(lease.id(), lease.kind(), last.outcome(), now)
                    .code(last.code())
                    .failure(last.failure())
                    .error(last.error())
                    .fields(last.fields());
            settle(lease, result.startedAt(lease.startedAt()).attempts(attempts).build());
            if (source != null) {
                log(last);
            }
        } else {
            reschedule(lease, now.plus(pauses.first()), attempts, true, null);
        }
        if (again) {
            context.warn(LOG, "answered again " + name, "Polls are answered again: {}", name);
        }
    }

    private void log(Poll.Final verdict) {
        String line = "Late verdict: guard={}, outcome={}{}";
        UpstreamError error = verdict.error();
        if (verdict.outcome() == LateOutcome.UNCONFIRMED
                || (error != null && "already_redeemed".equals(error.getCode()))) {
            LOG.warn(line, source, verdict.outcome(), verdict.detail());
        } else {
            LOG.info(line, source, verdict.outcome(), verdict.detail());
        }
    }

    private void failed(Lease lease, int attempts, Poll.Failure failure, Instant now) {
        Duration pause = pauses.after(attempts, context.random);
        Duration requested = failure.pause();
        boolean first = false;
        if (requested != null && (source != null || requested.compareTo(pause) > 0)) {
            Duration longest = context.config.maxThrottle;
            pause = requested.compareTo(longest) > 0 ? longest : requested;
            limiter.throttled(pause);
        } else if (failure.scope() == Poll.Scope.SERVICE) {
            first = limiter.unavailable();
        } else if (failure.scope() == Poll.Scope.REACHED) {
            limiter.failedAlone();
        }
        String kind = "poll " + failure.kind() + " " + name;
        if (first && !failure.isError()) {
            context.log.reset(kind);
            context.log.reset("answered again " + name);
        }
        reschedule(lease, now.plus(pause), attempts, failure.sent(), failure.detail());
        String line = "A poll brought no result; the item is polled again in {} s: {}, {}";
        context.throttled(LOG, failure.isError(), kind, line, pause.toSeconds(), name, failure.detail());
    }

    private void release(Lease lease) {
        reschedule(lease, context.now(), lease.attempts(), lease.sent(), null);
    }

    static LateResult expired(Lease lease, Instant now) {
        return LateResult.of(lease.id(), lease.kind(), LateOutcome.EXPIRED, now)
                .startedAt(lease.startedAt())
                .attempts(lease.attempts())
                .build();
    }

    private void reschedule(Lease lease, Instant dueAt, int attempts, boolean sent, @Nullable String error) {
        Instant due = dueAt.isAfter(lease.expiresAt()) ? lease.expiresAt() : dueAt;
        giveBack(new Settlement.Rescheduled(lease, due, attempts, sent, error));
    }

    private void giveBack(Settlement.Rescheduled item) {
        try {
            record(item);
        } catch (RuntimeException e) {
            // Of a pool too. The claim marked it as sent, and its lease expires.
            context.metrics.add(LateCounter.STORE_FAILED);
            LOG.debug("An item could not be rescheduled; it is free once its lease has expired", e);
            if (source != null && !item.sent()) {
                unsent.add(item);
            }
        }
    }

    private void record(Settlement.Rescheduled item) {
        if (!context.store.settle(List.of(item), context.now()).get(0)) {
            context.metrics.add(LateCounter.STALE);
        }
    }

    /** An item that another node has claimed meanwhile stays as it is. */
    private void takeBackMarks() {
        try {
            for (Settlement.Rescheduled each = unsent.peek(); each != null; each = unsent.peek()) {
                record(each);
                unsent.remove();
            }
        } catch (RuntimeException e) {
            LOG.debug("It could not be recorded either that polls were not sent, which is tried again", e);
        }
    }

    /**
     * Records a result at once, since a token can be redeemed only once and a process that dies now could not poll it
     * again. The handler is called later, so that a slow one delays no poll.
     */
    private void settle(Lease lease, LateResult result) {
        boolean recorded;
        try {
            recorded = context.store
                    .settle(List.of(new Settlement.Resolved(lease, result)), context.now())
                    .get(0);
        } catch (RuntimeException | Error e) {
            context.metrics.add(LateCounter.STORE_FAILED);
            // An expiry is found again at any time; a verdict is not, since the token is redeemed.
            if (result.getOutcome() != LateOutcome.EXPIRED) {
                spool(result, e);
            }
            return;
        }
        UpstreamError error = result.getError();
        boolean isRedeemed = error != null && error.getStatus() == 409;
        if (!recorded && LateStore.isConclusive(result.getOutcome()) && !isRedeemed) {
            // The lease was lost while the service answered; the next poll would learn less, since the token is
            // redeemed. If it had been so before, the node that has the lease now may have done it: that is no
            // rejection.
            recorded = offer(result);
        }
        context.resolved(lease, result.getOutcome(), recorded);
    }

    private void spool(LateResult result, Throwable cause) {
        if (!spool.save(result, StoreCalls.asStoreException(cause))) {
            context.metrics.add(LateCounter.UNKEPT);
            LOG.error(
                    "A result could not be stored or spooled and is polled again: id={}, outcome={}",
                    LogText.sanitize(result.getId()),
                    result.getOutcome());
        }
    }

    /** Offers a result without a lease; returns whether it is the item's now. */
    private boolean offer(LateResult result) {
        try {
            return context.store
                            .take(new Arrival.Result(result), context.config.maxUntracked, context.now())
                            .outcome()
                    == AcceptResult.STORED;
        } catch (RuntimeException e) {
            // The spool offers it again, and publishes that.
            spool(result, e);
            return false;
        }
    }
}
