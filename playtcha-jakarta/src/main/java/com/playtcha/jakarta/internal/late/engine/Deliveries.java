package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.Claim;
import com.playtcha.jakarta.internal.late.store.HandlerException;
import com.playtcha.jakarta.internal.late.store.Lease;
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
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands results to the handler. A call that fails makes a dead letter; one that takes too long is interrupted and makes
 * one too, so that its item does not wait for it, though its place does until it returns. What such a call still writes
 * through its transaction is rolled back, since its lease is old by then.
 */
final class Deliveries {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final int AT_ONE_GO = 1000;
    private static final int MOST_UNSETTLED = 1000;

    private final EngineContext context;
    private final LateResultHandler handler;
    private final HandlerInvoker invoker;
    private final Bulkhead places;
    private final MissingHandler missing = new MissingHandler();
    private final Queue<Unsettled> unsettled = new ConcurrentLinkedQueue<>();
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();

    /** One call of the handler. */
    private static final class Call {
        private final Lease lease;
        private final Thread thread = Thread.currentThread();
        private final Instant startedAt;
        private boolean begun;
        private boolean ended;
        private boolean givenUp;
        private boolean interrupted;

        Call(Lease lease, Instant startedAt) {
            this.lease = lease;
            this.startedAt = startedAt;
        }

        /** Whether this is the first to give the call up, before it ended. */
        synchronized boolean giveUp() {
            boolean first = !ended && !givenUp;
            givenUp |= first;
            return first;
        }

        /** Interrupts the thread while it is still this call's. */
        synchronized void interrupt() {
            if (!ended) {
                interrupted = true;
                thread.interrupt();
            }
        }

        synchronized boolean isGivenUp() {
            return givenUp;
        }

        /** The thread's interrupt flag was this call's, and goes with it. */
        synchronized void end() {
            ended = true;
            if (interrupted) {
                Thread.interrupted();
            }
        }
    }

    Deliveries(EngineContext context, LateResultHandler handler, HandlerInvoker invoker) {
        this.context = context;
        this.handler = handler;
        this.invoker = invoker;
        this.places = new Bulkhead(context, context.config.mostDeliveries);
    }

    Bulkhead places() {
        return places;
    }

    /** Hands over what is due, as far as there are places. */
    int run() {
        int taken = 0;
        boolean refused = false;
        while (taken < AT_ONE_GO && !context.isClosed()) {
            int free = places.free();
            if (free <= 0) {
                places.hasBacklog(true);
                return taken;
            }
            Instant now = context.now();
            int wanted = missing.allowance(free, now);
            if (wanted == 0) {
                places.hasBacklog(false);
                return taken;
            }
            List<Lease> leases = context.store.claim(
                    new Claim(WorkQueue.DELIVER, null, false, now, context.node, context.config.lease, wanted));
            places.hasBacklog(leases.size() == wanted);
            if (leases.isEmpty()) {
                return taken;
            }
            for (Lease lease : leases) {
                if (!refused && places.tryTake()) {
                    refused = !places.run(() -> handOver(lease, now), () -> release(lease));
                } else {
                    release(lease);
                }
            }
            if (refused) {
                return taken;
            }
            taken += leases.size();
            if (wanted < free) {
                // What this one finds out decides on the others.
                return taken;
            }
        }
        return taken;
    }

    private void release(Lease lease) {
        try {
            context.store.release(lease);
        } catch (StoreException e) {
            LOG.debug("An item could not be given back, and is when the store works again", e);
            later(lease, null);
        }
    }

    /** An item of this node's that the store could not be told about: a failure to record, or null to give it back. */
    private record Unsettled(Lease lease, @Nullable String error, Instant until) {}

    private void later(Lease lease, @Nullable String error) {
        later(new Unsettled(lease, error, context.now().plus(context.config.lease)));
    }

    private void later(Unsettled one) {
        // Past that it is free when its lease has passed, as it is when this process dies.
        if (unsettled.size() < MOST_UNSETTLED) {
            unsettled.add(one);
        }
    }

    /**
     * Tells the store what it could not be told when it was down. Whoever has taken an item over meanwhile has raised its
     * fence, and this changes nothing.
     */
    int settle() {
        for (Unsettled one = unsettled.poll(); one != null; one = unsettled.poll()) {
            if (!one.until().isAfter(context.now())) {
                // Free by now, for whoever comes.
                continue;
            }
            try {
                if (one.error() == null) {
                    context.store.release(one.lease());
                } else {
                    recordFailure(one.lease(), one.error());
                }
            } catch (RuntimeException e) {
                // The next step shows whether it is the store, or only this item, which then keeps no other waiting.
                LOG.debug("An item still cannot be settled", e);
                later(one);
                return 0;
            }
        }
        return 0;
    }

    private void handOver(Lease lease, Instant claimedAt) {
        LateResult result = lease.result();
        if (result == null) {
            failed(lease, "its result cannot be read from the store");
            return;
        }
        Instant now = context.now();
        if (!claimedAt
                .plus(context.config.lease)
                .minus(context.config.handlerLimit)
                .isAfter(now)) {
            // It waited for a thread for so long that the call could outlive the lease.
            release(lease);
            return;
        }
        Call call = new Call(lease, now);
        calls.add(call);
        try {
            boolean done = context.store.deliver(
                    lease, now.plus(context.config.retention), now, delivery -> call(call, result, delivery));
            if (done) {
                delivered(lease, result);
            } else {
                stale(lease);
            }
        } catch (HandlerException e) {
            if (e.getCause() instanceof NoHandlerException none && !call.isGivenUp()) {
                keepWaiting(lease, none);
            } else if (!call.isGivenUp()) {
                failed(lease, describe(e.getCause()));
                log(lease, e.getCause());
            } else if (context.isClosed()) {
                // Interrupted since this ends; whoever starts next need not wait for the lease.
                release(lease);
            }
        } catch (RuntimeException | Error e) {
            context.stats.add(LateCounter.STORE_FAILED);
            if (!call.begun) {
                long times = context.teller.mayLog("not handed over", context.now());
                if (times > 0) {
                    LOG.warn(
                            "Results could not be handed over yet, since the store failed: {} since the last such line,"
                                    + " the last id={}: {}",
                            times,
                            LogText.clean(lease.id()),
                            LogText.clean(describe(e)));
                }
                later(lease, null);
            } else if (!call.isGivenUp()) {
                // If it was recorded after all, the lease is old and this changes nothing.
                failed(lease, "it could not be recorded that the handler took it: " + describe(e));
            }
        } finally {
            calls.remove(call);
            call.end();
        }
    }

    private void call(Call call, LateResult result, Delivery delivery) throws Exception {
        call.begun = true;
        boolean found = true;
        try {
            invoker.invoke(() -> handler.handle(result, delivery));
        } catch (NoHandlerException e) {
            found = false;
            throw e;
        } finally {
            if (found && missing.found()) {
                LOG.warn("There is a handler of late results now, and what waited for it is handed over");
                context.wake();
            }
            // A flag that the handler leaves behind would keep pools from giving a connection to record the outcome by.
            Thread.interrupted();
        }
    }

    /** As it was: it is neither the item's failure nor one that its next try should be put off for. */
    private void keepWaiting(Lease lease, NoHandlerException none) {
        Instant now = context.now();
        missing.missed(now);
        release(lease);
        if (context.teller.mayLog("no handler", now) > 0) {
            LOG.warn(
                    "Results wait for a handler, the last one tried is id={}: {}",
                    LogText.clean(lease.id()),
                    LogText.clean(none.getMessage()));
        }
    }

    /** What was thrown may be anything, also something that fails when it is asked what it is. */
    private static String describe(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "unknown";
        }
        try {
            return thrown.toString();
        } catch (RuntimeException | Error e) {
            return thrown.getClass().getName();
        }
    }

    /** Where it came from once a minute, for on the worst day there are thousands. */
    private void log(Lease lease, @Nullable Throwable thrown) {
        if (context.teller.mayLog("handler", context.now()) == 0) {
            return;
        }
        try {
            LOG.warn("The handler of late results failed, the last time at id={}", LogText.clean(lease.id()), thrown);
        } catch (RuntimeException | Error e) {
            LOG.debug("What the handler threw cannot be logged", e);
        }
    }

    private void delivered(Lease lease, LateResult result) {
        boolean expired = result.getOutcome() == LateOutcome.EXPIRED;
        context.stats.add(expired ? LateCounter.EXPIRED : LateCounter.DELIVERED);
        LOG.info("The handler has taken a result: id={}, outcome={}", LogText.clean(lease.id()), result.getOutcome());
        context.teller.tell(
                lease.id(),
                lease.kind(),
                lease.state(),
                expired ? LateState.EXPIRED : LateState.DELIVERED,
                result.getOutcome());
    }

    private void stale(Lease lease) {
        context.stats.add(LateCounter.STALE);
        LOG.warn(
                "The handler took longer than its lease, or the item was discarded meanwhile; what it wrote through its"
                        + " transaction was rolled back: id={}",
                LogText.clean(lease.id()));
    }

    private void failed(Lease lease, String error) {
        context.stats.add(LateCounter.HANDLER_FAILED);
        try {
            recordFailure(lease, error);
        } catch (RuntimeException e) {
            context.stats.add(LateCounter.STORE_FAILED);
            long times = context.teller.mayLog("not recorded", context.now());
            if (times > 0) {
                LOG.warn(
                        "Failures could not be recorded yet: {} since the last such line, the last id={}: {}",
                        times,
                        LogText.clean(lease.id()),
                        LogText.clean(describe(e)));
            }
            later(lease, error);
        }
    }

    private void recordFailure(Lease lease, String error) {
        Instant now = context.now();
        int failures = lease.failures() + 1;
        Duration pause = context.config.deadLetterRetry.after(failures, context.random);
        if (!context.store.fail(lease, error, now.plus(pause), now)) {
            context.stats.add(LateCounter.STALE);
            return;
        }
        LOG.warn(
                "A dead letter: id={}, failures={}, next in {} s: {}",
                LogText.clean(lease.id()),
                failures,
                pause.toSeconds(),
                LogText.clean(error));
        LateResult result = lease.result();
        context.teller.tell(
                lease.id(),
                lease.kind(),
                lease.state(),
                LateState.DEAD_LETTER,
                result == null ? null : result.getOutcome());
    }

    /** Gives up calls that take too long; no items are taken on by that. */
    int watch() {
        Instant now = context.now();
        int overdue = 0;
        for (Call call : calls) {
            if (call.startedAt.plus(context.config.handlerLimit).isAfter(now)) {
                continue;
            }
            if (call.giveUp()) {
                failed(
                        call.lease,
                        "the handler did not return within " + context.config.handlerLimit.toSeconds()
                                + " s, and was interrupted");
                // Only now, so that a call that ends by it finds its lease old.
                call.interrupt();
            }
            overdue++;
        }
        context.stats.observeOverdueHandlers(overdue);
        if (overdue >= context.config.mostDeliveries && context.teller.mayLog("stuck", now) > 0) {
            LOG.warn("No result is handed over: all {} places are held by handlers that do not return", overdue);
        }
        return 0;
    }

    /** Interrupts every call; the items of those that do not return come back when their leases have passed. */
    void interruptAll() {
        for (Call call : calls) {
            call.giveUp();
            call.interrupt();
        }
    }
}
