package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.engine.LateConfig.Backoff;
import com.playtcha.jakarta.internal.late.engine.LateEngine.NoHandlerException;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.LateStore.AcceptOutcome;
import com.playtcha.jakarta.internal.late.store.LateStore.HandlerTransaction.Use;
import com.playtcha.jakarta.internal.late.store.LateStore.LeaseTerms;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.GiveUp;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateUnavailableException;
import com.playtcha.jakarta.late.RetryLater;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims items with results in batches, or gets them leased as they are accepted, and has {@link HandlerSlots} call the
 * handler. A call that used the store's transaction is completed in it; of others {@link Settlements} records the end.
 */
final class Deliveries {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final int MAX_PER_RUN = 1000;
    private static final int MAX_CLAIM = 200;
    /** What waits in memory for longer is released, since another node may have free slots. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(20);
    /** Failures in a row, over all items, after which the handler is called for one item at a time. */
    private static final int BREAKER = 20;

    private static final int MAX_CAUSES = 8;

    private static final Backoff BREAKER_PAUSES = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), 0.2);
    /** While no handler is found, one item is tried this often, so that thousands flood neither log nor database. */
    private static final Duration NO_HANDLER_PAUSE = Duration.ofSeconds(5);

    /** A longer pause is none that ends, and its end would be no time that the store could keep. */
    private static final Duration MAX_POSTPONED = Duration.ofDays(36_500);

    /** After this time, items whose handler did not return wait no more for others that are retried, in nanoseconds. */
    private static final long MAX_HUNG_WAIT = Duration.ofSeconds(5).toNanos();

    private final EngineContext context;
    private final ResultSpool spool;
    private final LateResultHandler handler;
    private final RateLimiter limiter;
    private final HandlerSlots slots;
    final Settlements settlements;

    /** The ends of calls that were interrupted, until a thread is free for them. */
    private final Queue<Runnable> ends = new ConcurrentLinkedQueue<>();

    private final AtomicInteger failuresInARow = new AtomicInteger();
    /** Since when an item whose handler did not return has waited, or when the last one was claimed. */
    private volatile long hungSince;

    Deliveries(EngineContext context, ResultSpool spool, LateResultHandler handler) {
        this.context = context;
        this.spool = spool;
        this.handler = handler;
        this.limiter = new RateLimiter(context.config.concurrency, BREAKER_PAUSES, context.random, context::nanoTime);
        this.slots = new HandlerSlots(context, limiter, this::deliver);
        this.settlements = new Settlements(context);
        this.hungSince = context.nanoTime();
    }

    /** Stores arrivals; results for which there are slots are leased at once, so that they need not be claimed. */
    List<@Nullable AcceptOutcome> accept(List<Arrival> arrivals) {
        int results =
                (int) arrivals.stream().filter(Arrival.Result.class::isInstance).count();
        long since = context.nanoTime();
        int places = results == 0 || context.isClosed() ? 0 : slots.reserve(results);
        try {
            LeaseTerms terms = new LeaseTerms(context.node, context.config.lease, places);
            List<@Nullable AcceptOutcome> outcomes =
                    context.store.takeAll(arrivals, context.config.maxUntracked, terms, context.now());
            List<Lease> leases = outcomes.stream()
                    .filter(Objects::nonNull)
                    .map(AcceptOutcome::lease)
                    .filter(Objects::nonNull)
                    .toList();
            if (context.isClosed()) {
                // Nothing is handed over any more: the next start, or another node, need not wait for the leases.
                leases.forEach(lease -> settlements.recordNow(new Settlement.Released(lease, false)));
            } else {
                add(WorkQueue.DELIVER, leases, since);
            }
            if (results > leases.size()) {
                context.claimable.add(WorkQueue.DELIVER);
            }
            return outcomes;
        } finally {
            slots.unreserve(places);
        }
    }

    private void add(WorkQueue queue, List<Lease> leases, long since) {
        context.leases.add(leases, since);
        slots.add(queue, leases);
    }

    /** Claims what is due, as far as it can be handed over soon. */
    void run() {
        context.leases.renew();
        releaseWaiting(context.isPaused() ? Duration.ZERO : MAX_WAIT);
        boolean isRecorded = settlements.recordAgain();
        int claimed = 1;
        for (int taken = 0; claimed > 0 && taken < MAX_PER_RUN && !context.isClosed(); taken += claimed) {
            claimed = isRecorded ? claimNew() + claimRetries() : 0;
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

    /**
     * An item whose handler did not return is called after the others, and alone; where others are always there, between
     * them.
     */
    private int claimRetries() {
        int wanted = slots.wantedRetries();
        long now = context.nanoTime();
        if (!context.claimable.contains(WorkQueue.HUNG)) {
            hungSince = now;
        }
        boolean isHungDue = wanted > 0 && now - hungSince > MAX_HUNG_WAIT && slots.mayRetryHung(true);
        int hung = isHungDue ? claimHung() : 0;
        int claimed = claim(WorkQueue.RETRY, Math.max(0, wanted - hung), false);
        return wanted > 0 && hung + claimed == 0 && slots.mayRetryHung(false) ? claimHung() : hung + claimed;
    }

    private int claimHung() {
        hungSince = context.nanoTime();
        return claim(WorkQueue.HUNG, 1, false);
    }

    private int claim(WorkQueue queue, int limit, boolean newestFirst) {
        if (limit == 0 || !context.claimable.remove(queue)) {
            return 0;
        }
        long since = context.nanoTime();
        List<Lease> leases = context.claim(queue, null, false, limit, newestFirst);
        add(queue, leases, since);
        if (!leases.isEmpty()) {
            // There may be more.
            context.claimable.add(queue);
        }
        return leases.size();
    }

    /** Calls the handler for one item, on a slot's thread. */
    private void deliver(HandlerSlots.Call call) {
        Lease lease = call.lease;
        LateResult result = lease.result();
        if (slots.isStillRunning(lease)) {
            call.end();
            overdue(lease);
            return;
        }
        if (context.leases.isOver(lease)) {
            call.end();
            release(lease, false);
            return;
        }
        if (result == null) {
            call.end();
            failed(lease, "its result cannot be read from the store", false, null);
            return;
        }
        try (LateStore.HandlerTransaction transaction =
                context.store.transaction(lease, context.config.handlerTimeout)) {
            call.use(transaction);
            // An item that is retried can be discarded at any time, and any item while the store is down, which is
            // final.
            if (spool.containsDiscard(lease.id())
                    || (lease.state() == LateState.RETRYING && !context.store.isLeaseValid(lease))) {
                call.end();
                settlements.lost(lease);
                return;
            }
            Throwable thrown = invoke(lease, result, transaction);
            if (!call.end()) {
                if (context.isClosed()) {
                    // Interrupted by the shutdown: the next start need not wait for the lease.
                    release(lease, true);
                }
                return;
            }
            switch (transaction.use()) {
                case LEASE_LOST -> settlements.lost(lease);
                case FAILED -> storeFailed(lease, thrown, true);
                case COMPLETED -> completed(call, thrown);
                default -> {
                    if (thrown == null) {
                        succeeded(call, transaction);
                    } else {
                        handlerFailed(lease, thrown);
                    }
                }
            }
        } catch (StoreException e) {
            call.end();
            storeFailed(lease, e, false);
        }
    }

    private @Nullable Throwable invoke(Lease lease, LateResult result, LateStore.HandlerTransaction transaction) {
        try {
            handler.handle(result, new LateDelivery(context, settlements, lease, transaction));
            return null;
        } catch (Throwable e) {
            return e;
        } finally {
            // With an interrupt flag left by the handler, pools would give no connection to record the outcome.
            Thread.interrupted();
        }
    }

    private void works(HandlerSlots.Call call) {
        // A success ends the pauses of the breaker.
        failuresInARow.set(0);
        if (limiter.answered()) {
            LOG.warn("The handler of late results works again");
        }
        context.wakeDeliveries();
        slots.succeeded(call);
    }

    private void succeeded(HandlerSlots.Call call, LateStore.HandlerTransaction transaction) {
        record(call, transaction);
        works(call);
    }

    private void record(HandlerSlots.Call call, LateStore.HandlerTransaction transaction) {
        Lease lease = call.lease;
        Instant now = context.now();
        Settlement.Delivered delivered = Settlement.Delivered.after(context.config.retention, lease, now);
        if (transaction.use() != Use.BEGUN) {
            settlements.record(delivered);
            return;
        }
        settlements.began(delivered);
        try {
            settlements.recorded(delivered, transaction.complete(delivered.purgeAt(), now));
        } catch (RuntimeException e) {
            context.metrics.add(LateCounter.STORE_FAILED);
            // If the delivery was recorded after all, the lease is old, and the delivery is what counts.
            failed(lease, "the delivery could not be recorded: " + describe(e), false, e);
        }
    }

    /**
     * The completion is in the store if the handler's transaction was committed, and only then. That the lease is over tells
     * nothing, since another node may have delivered the item after this transaction was rolled back.
     */
    private void completed(HandlerSlots.Call call, @Nullable Throwable thrown) {
        Lease lease = call.lease;
        Settlement.Delivered delivered;
        try {
            delivered = settlements.committed(lease);
        } catch (RuntimeException e) {
            // A pool may throw unchecked exceptions.
            storeFailed(lease, e, true);
            return;
        }
        if (delivered != null) {
            settlements.recorded(delivered, true);
            works(call);
        } else if (thrown == null) {
            failed(lease, "the handler called completeWith, and its transaction was not committed", false, null);
        } else {
            handlerFailed(lease, thrown);
        }
    }

    private void handlerFailed(Lease lease, Throwable thrown) {
        if (thrown instanceof NoHandlerException none) {
            limiter.throttled(NO_HANDLER_PAUSE);
            release(lease, false);
            releaseWaiting(Duration.ZERO);
            String line = "Results wait for a handler, the last one tried is id={}: {}";
            context.warn(LOG, "no handler", line, LogText.sanitize(lease.id()), LogText.sanitize(none.getMessage()));
            return;
        }
        if (cause(thrown, RetryLater.class) instanceof RetryLater later) {
            postponed(lease, later);
            return;
        }
        if (cause(thrown, GiveUp.class) instanceof GiveUp last) {
            givenUp(lease, lease.failures() + 1, describe(last), last.getCause());
            return;
        }
        int failures = failuresInARow.incrementAndGet();
        boolean isBroken = failures >= BREAKER && limiter.unavailable();
        failed(lease, describeWithCause(thrown), false, thrown);
        if (isBroken) {
            LOG.warn(
                    "The handler of late results failed {} times in a row; until it succeeds, it is called for one item"
                            + " at a time",
                    failures);
        }
    }

    /** Containers wrap what beans throw in exceptions that may not say why. What is below one of the store's says too much. */
    private static String describeWithCause(Throwable thrown) {
        Throwable innermost = thrown;
        for (int depth = 0; depth < MAX_CAUSES && !(innermost instanceof LateUnavailableException); depth++) {
            innermost = Objects.requireNonNullElse(innermost.getCause(), innermost);
        }
        String error = describe(thrown);
        String cause = describe(innermost);
        return error.contains(cause) ? error : error + ", caused by " + cause;
    }

    /** Containers wrap what beans throw. */
    private static @Nullable Throwable cause(Throwable thrown, Class<? extends Throwable> type) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < MAX_CAUSES && !type.isInstance(cause); depth++) {
            cause = cause.getCause();
        }
        return type.isInstance(cause) ? cause : null;
    }

    private void postponed(Lease lease, RetryLater later) {
        Duration delay = later.getDelay();
        Instant dueAt = context.now().plus(delay.compareTo(MAX_POSTPONED) > 0 ? MAX_POSTPONED : delay);
        settlements.record(new Settlement.Failed(lease, WorkQueue.RETRY, lease.failures(), describe(later), dueAt));
        LOG.info(
                "The handler is called again: id={}: {}",
                LogText.sanitize(lease.id()),
                LogText.sanitize(later.getMessage()));
    }

    private void givenUp(Lease lease, int failures, String error, @Nullable Throwable thrown) {
        context.metrics.add(LateCounter.HANDLER_FAILED);
        settlements.record(new Settlement.Failed(lease, WorkQueue.DEAD, failures, error, context.now()));
        LOG.warn(
                "An item is a dead letter, kept until you retry or discard it: id={}, failures={}: {}",
                LogText.sanitize(lease.id()),
                failures,
                LogText.sanitize(error),
                context.log.count("given up") > 0 ? thrown : null);
    }

    /** The item is released, since the handler could not do its work; it is called again after a pause. */
    private void storeFailed(Lease lease, @Nullable Throwable thrown, boolean called) {
        context.metrics.add(LateCounter.STORE_FAILED);
        limiter.unavailable();
        release(lease, called);
        String line = "A result could not be handed over, since the store failed; it is tried again: id={}: {}";
        context.warn(LOG, "not handed over", line, LogText.sanitize(lease.id()), LogText.sanitize(describe(thrown)));
    }

    private void release(Lease lease, boolean called) {
        settlements.record(new Settlement.Released(lease, called));
    }

    /** An exception of the application's may itself fail when it is asked for its text, or have none. */
    static String describe(@Nullable Throwable thrown) {
        try {
            return thrown == null
                    ? "null"
                    : Objects.requireNonNullElse(
                            thrown.toString(), thrown.getClass().getName());
        } catch (RuntimeException | Error e) {
            return "an exception whose text cannot be had: " + e.getClass().getName();
        }
    }

    /** Logs each failure, and a stack trace once a minute. */
    private void failed(Lease lease, String error, boolean hung, @Nullable Throwable thrown) {
        int failures = lease.failures() + 1;
        if (failures >= context.config.maxAttempts) {
            givenUp(lease, failures, error, thrown);
            return;
        }
        context.metrics.add(LateCounter.HANDLER_FAILED);
        Duration pause = context.config.deadLetterRetry.after(failures, context.random);
        WorkQueue next = hung ? WorkQueue.HUNG : WorkQueue.RETRY;
        settlements.record(new Settlement.Failed(
                lease, next, failures, error, context.now().plus(pause)));
        LOG.warn(
                "The handler failed and is called again: id={}, failures={}, next in {} s: {}",
                LogText.sanitize(lease.id()),
                failures,
                pause.toSeconds(),
                LogText.sanitize(error),
                context.log.count("handler") > 0 ? thrown : null);
    }

    /** Gives up calls that take too long. Uses no connection, since these calls may have taken all of them. */
    void interruptOverdue() {
        slots.watch().forEach(call -> interrupt(call, () -> overdue(call.lease)));
        // What the executor rejects is tried again at the next tick.
        for (Runnable end = ends.poll(); end != null; end = ends.poll()) {
            if (!context.tryExecute(context.maintenance, end)) {
                ends.add(end);
                return;
            }
        }
    }

    private void overdue(Lease lease) {
        long limit = context.config.handlerTimeout.toSeconds();
        failed(lease, "the handler did not return within " + limit + " s, and was interrupted", true, null);
    }

    /** Also ends the call's transaction, on a thread that may wait for the driver. */
    private void interrupt(HandlerSlots.Call call, Runnable then) {
        LateStore.HandlerTransaction transaction = call.interrupt();
        // Not renewed any more: where the driver hangs too, the item is taken over once its lease has ended.
        context.leases.remove(call.lease);
        ends.add(() -> {
            try {
                // First, since the record of a failure waits for what the call has locked.
                if (transaction != null) {
                    transaction.abort();
                }
            } finally {
                then.run();
            }
        });
    }

    /** Releases what has waited in memory for at least this long. */
    void releaseWaiting(Duration waited) {
        slots.removeWaiting(waited).forEach(lease -> release(lease, false));
    }

    void interruptAll() {
        slots.calls().forEach(call -> {
            call.giveUp();
            interrupt(call, () -> {});
        });
        interruptOverdue();
    }
}
