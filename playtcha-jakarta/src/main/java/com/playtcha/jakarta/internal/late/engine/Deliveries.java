package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.engine.LateConfig.Backoff;
import com.playtcha.jakarta.internal.late.engine.LateEngine.NoHandlerException;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.LateStore.Claim;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims items with results in batches, has {@link HandlerSlots} call the handler, and records in groups how the calls
 * ended. A call that used the store's transaction is completed in it instead.
 */
final class Deliveries {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final int MAX_PER_RUN = 1000;
    private static final int MAX_CLAIM = 200;
    /** Failures in a row, over all items, after which the handler is called for one item at a time. */
    private static final int BREAKER = 20;

    private static final Backoff BREAKER_PAUSES = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), 0.2);
    /** While no handler is found, one item is tried this often, so that thousands flood neither log nor database. */
    private static final Duration NO_HANDLER_PAUSE = Duration.ofSeconds(5);

    private final EngineContext context;
    private final Executor executor;
    private final ResultSpool spool;
    private final LateResultHandler handler;
    private final RateLimiter limiter;
    private final HandlerSlots slots;
    private final GroupWriter<Settlement, Boolean> settlements;
    /** Settlements that the store did not take; their leases are kept until it does. */
    private final Queue<Settlement> unsettled = new ConcurrentLinkedQueue<>();

    private final AtomicInteger failuresInARow = new AtomicInteger();
    /** A call must not outlive its lease, since another node may take the item then. */
    private final Duration longestWait;

    Deliveries(EngineContext context, ResultSpool spool, LateResultHandler handler) {
        this.context = context;
        this.spool = spool;
        this.handler = handler;
        this.longestWait = context.config.lease.minus(context.config.handlerTimeout);
        this.limiter = new RateLimiter(context.config.concurrency, BREAKER_PAUSES, context.random);
        this.slots = new HandlerSlots(context, limiter, this::deliver);
        this.executor = task -> {
            if (!context.tryRun(context.workers, task)) {
                throw new RejectedExecutionException();
            }
        };
        this.settlements = new GroupWriter<>(
                1,
                Integer.MAX_VALUE,
                settlement -> settlement.lease().id(),
                group -> context.store.settle(group, context.now()));
    }

    /** Claims what is due, as far as it can be handed over soon. */
    void run(boolean withRetries) {
        releaseWaiting(context.now().minus(longestWait));
        settleAgain();
        int claimed = 1;
        for (int taken = 0; claimed > 0 && taken < MAX_PER_RUN && !context.isClosed(); taken += claimed) {
            claimed = unsettled.isEmpty() ? claimNew() + (withRetries ? claimRetries() : 0) : 0;
            slots.start();
        }
    }

    /** Half of a batch is what became due last, so that new results do not wait behind a backlog. */
    private int claimNew() {
        int wanted = Math.min(MAX_CLAIM, slots.wanted());
        int half = (wanted + 1) / 2;
        int claimed = claim(WorkQueue.DELIVER, half, false);
        int newest = claimed < half ? 0 : Math.max(wanted - half, slots.wantedNewest());
        return claimed + claim(WorkQueue.DELIVER, newest, true);
    }

    /** An item whose handler did not return is called after the others, and alone. */
    private int claimRetries() {
        int wanted = slots.wantedRetries();
        int claimed = claim(WorkQueue.RETRY, wanted, false);
        return wanted > 0 && claimed == 0 && slots.mayRetryHung() ? claim(WorkQueue.HUNG, 1, false) : claimed;
    }

    private int claim(WorkQueue queue, int most, boolean newestFirst) {
        if (most == 0) {
            return 0;
        }
        Instant now = context.now();
        List<Lease> leases = context.store.claim(
                new Claim(queue, null, false, now, context.node, context.config.lease, most, newestFirst));
        slots.add(queue, leases, now);
        return leases.size();
    }

    /** Calls the handler for one item, on a slot's thread. */
    private void deliver(HandlerSlots.Call call) {
        Lease lease = call.lease;
        LateResult result = lease.result();
        boolean isLate = !call.claimedAt.isAfter(context.now().minus(longestWait));
        if (result == null || isLate) {
            call.end();
            if (isLate) {
                release(lease, false);
            } else {
                failed(lease, "its result cannot be read from the store", false, null);
            }
            return;
        }
        try (LateStore.HandlerTransaction transaction = context.store.transaction(lease)) {
            // A dead letter can be discarded at any time, and any item while the store is down, which is final.
            if (spool.holdsDiscard(lease.id())
                    || (lease.state() == LateState.DEAD_LETTER && !context.store.isHeld(lease))) {
                call.end();
                stale(lease);
                return;
            }
            Throwable thrown = invoke(lease, result, transaction);
            if (!call.end()) {
                if (context.isClosed()) {
                    // Interrupted by the shutdown: the next start need not wait for the lease.
                    release(lease, true);
                }
            } else if (transaction.hasFailed()) {
                storeFailed(lease, thrown, true);
            } else if (thrown != null) {
                handlerFailed(lease, thrown);
            } else {
                succeeded(call, transaction);
            }
        } catch (StoreException e) {
            call.end();
            storeFailed(lease, e, false);
        }
    }

    private @Nullable Throwable invoke(Lease lease, LateResult result, LateStore.HandlerTransaction transaction) {
        try {
            handler.handle(result, new LateDelivery(lease.failures() + 1, transaction));
            return null;
        } catch (Throwable e) {
            return e;
        } finally {
            // With an interrupt flag left by the handler, pools would give no connection to record the outcome.
            Thread.interrupted();
        }
    }

    private record LateDelivery(int attempt, LateStore.HandlerTransaction transaction) implements Delivery {
        @Override
        public int getAttempt() {
            return attempt;
        }

        @Override
        public <T> Optional<T> unwrap(Class<T> type) {
            return transaction.unwrap(type);
        }
    }

    private void succeeded(HandlerSlots.Call call, LateStore.HandlerTransaction transaction) {
        Lease lease = call.lease;
        // A success ends the pauses of the breaker.
        failuresInARow.set(0);
        if (limiter.answered()) {
            LOG.warn("The handler of late results works again");
        }
        context.wakeDeliveries();
        slots.succeeded(call);
        Instant now = context.now();
        Instant forgetAt = now.plus(context.config.retention);
        if (!transaction.isBegun()) {
            settle(new Settlement.Delivered(lease, forgetAt));
            return;
        }
        try {
            settled(new Settlement.Delivered(lease, forgetAt), transaction.complete(forgetAt, now));
        } catch (RuntimeException e) {
            context.metrics.add(LateCounter.STORE_FAILED);
            // If the delivery was recorded after all, the lease is old and this changes nothing.
            failed(lease, "the delivery could not be recorded: " + describe(e), false, e);
        }
    }

    private void handlerFailed(Lease lease, Throwable thrown) {
        if (thrown instanceof NoHandlerException none) {
            limiter.throttled(context.now(), NO_HANDLER_PAUSE);
            release(lease, false);
            releaseWaiting(Instant.MAX);
            String line = "Results wait for a handler, the last one tried is id={}: {}";
            context.warn(LOG, "no handler", line, LogText.clean(lease.id()), LogText.clean(none.getMessage()));
            return;
        }
        int failures = failuresInARow.incrementAndGet();
        if (failures >= BREAKER && limiter.unavailable(context.now())) {
            LOG.warn(
                    "The handler of late results failed {} times in a row; until it succeeds, it is called for one item"
                            + " at a time",
                    failures);
        }
        failed(lease, describe(thrown), false, thrown);
    }

    /** The item is released, since the handler could not do its work; it is called again after a pause. */
    private void storeFailed(Lease lease, @Nullable Throwable thrown, boolean called) {
        context.metrics.add(LateCounter.STORE_FAILED);
        limiter.unavailable(context.now());
        String line = "A result could not be handed over, since the store failed; it is tried again: id={}: {}";
        context.warn(LOG, "not handed over", line, LogText.clean(lease.id()), LogText.clean(describe(thrown)));
        release(lease, called);
    }

    private void release(Lease lease, boolean called) {
        settle(new Settlement.Released(lease, called));
    }

    /** An exception of the application's may itself fail when it is asked for its text. */
    private static String describe(@Nullable Throwable thrown) {
        try {
            return String.valueOf(thrown);
        } catch (RuntimeException | Error e) {
            return "an exception whose text cannot be had: " + e.getClass().getName();
        }
    }

    /** Logs each failure, and a stack trace once a minute. */
    private void failed(Lease lease, String error, boolean hung, @Nullable Throwable thrown) {
        context.metrics.add(LateCounter.HANDLER_FAILED);
        int failures = lease.failures() + 1;
        Duration pause = context.config.deadLetterRetry.after(failures, context.random);
        settle(new Settlement.Failed(lease, error, context.now().plus(pause), hung));
        LOG.warn(
                "The handler failed, the item is a dead letter: id={}, failures={}, next in {} s: {}",
                LogText.clean(lease.id()),
                failures,
                pause.toSeconds(),
                LogText.clean(error),
                context.log.count("handler") > 0 ? thrown : null);
    }

    private void settle(Settlement settlement) {
        settle(settlement, executor);
    }

    private void settle(Settlement settlement, Executor writer) {
        settlements.add(settlement, writer).whenComplete((valid, thrown) -> {
            if (thrown == null) {
                settled(settlement, valid);
                return;
            }
            context.metrics.add(LateCounter.STORE_FAILED);
            unsettled.add(settlement);
            String line = "It could not be recorded how a call of the handler ended; this is tried again: id={}: {}";
            String id = LogText.clean(settlement.lease().id());
            context.warn(LOG, "not recorded", line, id, LogText.clean(describe(thrown)));
        });
    }

    /** Records what the store did not take before. */
    void settleAgain() {
        for (int i = unsettled.size(); i > 0; i--) {
            Settlement settlement = unsettled.poll();
            if (settlement != null) {
                settle(settlement, Runnable::run);
            }
        }
    }

    private void settled(Settlement settlement, boolean valid) {
        Lease lease = settlement.lease();
        if (settlement instanceof Settlement.Released) {
            return;
        }
        if (!valid) {
            stale(lease);
            return;
        }
        LateResult result = lease.result();
        LateOutcome outcome = result == null ? null : result.getOutcome();
        if (settlement instanceof Settlement.Failed) {
            context.publish(lease.id(), lease.kind(), lease.state(), LateState.DEAD_LETTER, outcome);
            return;
        }
        boolean expired = outcome == LateOutcome.EXPIRED;
        context.metrics.add(expired ? LateCounter.EXPIRED : LateCounter.DELIVERED);
        LOG.info("A result was handed over: id={}, outcome={}", LogText.clean(lease.id()), outcome);
        context.publish(
                lease.id(), lease.kind(), lease.state(), expired ? LateState.EXPIRED : LateState.DELIVERED, outcome);
    }

    private void stale(Lease lease) {
        context.metrics.add(LateCounter.STALE);
        LOG.warn(
                "The handler took longer than its lease, or the item was discarded meanwhile; what it wrote through its"
                        + " transaction was rolled back: id={}",
                LogText.clean(lease.id()));
    }

    /** Gives up calls that take too long. Uses no connection, since these calls may have taken all of them. */
    void interruptOverdue() {
        Duration limit = context.config.handlerTimeout;
        for (HandlerSlots.Call call : slots.watch()) {
            String error = "the handler did not return within " + limit.toSeconds() + " s, and was interrupted";
            failed(call.lease, error, true, null);
            call.interrupt();
        }
    }

    /** Releases what was claimed by then and waits in memory. */
    void releaseWaiting(Instant claimedBy) {
        slots.removeWaiting(claimedBy).forEach(lease -> release(lease, false));
    }

    void interruptAll() {
        slots.calls().forEach(call -> {
            call.giveUp();
            call.interrupt();
        });
    }
}
