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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the handler. A call that fails, or takes too long and is interrupted, makes a dead letter; what an interrupted
 * call still writes through its transaction is rolled back, since its lease is old by then.
 */
final class Deliveries {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final int MAX_PER_RUN = 1000;
    /** While no handler is found, one item is tried this often, so that thousands flood neither log nor database. */
    private static final Duration NO_HANDLER_PAUSE = Duration.ofSeconds(5);

    private final EngineContext context;
    private final Bulkhead bulkhead;
    private final LateResultHandler handler;
    private final HandlerInvoker invoker;
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Instant noHandlerAt;

    Deliveries(EngineContext context, Bulkhead bulkhead, LateResultHandler handler, HandlerInvoker invoker) {
        this.context = context;
        this.bulkhead = bulkhead;
        this.handler = handler;
        this.invoker = invoker;
    }

    Bulkhead bulkhead() {
        return bulkhead;
    }

    /** Claims what is due, as far as slots are free. */
    int run() {
        int taken = 0;
        while (taken < MAX_PER_RUN && !context.isClosed()) {
            int free = bulkhead.available();
            Instant now = context.now();
            int wanted = wanted(free, now);
            if (wanted == 0) {
                bulkhead.hasBacklog(free == 0);
                return taken;
            }
            List<Lease> leases = context.store.claim(
                    new Claim(WorkQueue.DELIVER, null, false, now, context.node, context.config.lease, wanted));
            bulkhead.hasBacklog(leases.size() == wanted);
            boolean rejected = false;
            for (Lease lease : leases) {
                rejected = rejected || !bulkhead.tryRun(() -> deliver(lease, now));
                if (rejected) {
                    release(lease);
                }
            }
            if (rejected || leases.isEmpty()) {
                return taken;
            }
            taken += leases.size();
            if (wanted < free) {
                return taken;
            }
        }
        return taken;
    }

    private int wanted(int free, Instant now) {
        Instant missing = noHandlerAt;
        if (missing == null) {
            return free;
        }
        // A clock that was set back ends the pause.
        boolean paused = !now.isBefore(missing) && now.isBefore(missing.plus(NO_HANDLER_PAUSE));
        return paused ? 0 : Math.min(1, free);
    }

    private void release(Lease lease) {
        try {
            context.store.release(lease);
        } catch (StoreException e) {
            LOG.debug("An item could not be released; it is free once its lease has expired", e);
        }
    }

    private void deliver(Lease lease, Instant claimedAt) {
        Instant now = context.now();
        Duration startWithin = context.config.lease.minus(context.config.handlerTimeout);
        if (context.isClosed() || !claimedAt.plus(startWithin).isAfter(now)) {
            // After a long wait for a thread the call could outlive the lease.
            release(lease);
            return;
        }
        LateResult result = lease.result();
        if (result == null) {
            failed(lease, "its result cannot be read from the store");
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
            handlerFailed(call, e.getCause());
        } catch (RuntimeException | Error e) {
            storeFailed(call, e);
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
            if (found && noHandlerAt != null) {
                noHandlerAt = null;
                LOG.warn("A handler of late results was found; waiting results are handed over");
                context.wake();
            }
            // With an interrupt flag left by the handler, pools would give no connection to record the outcome.
            Thread.interrupted();
        }
    }

    private void handlerFailed(Call call, @Nullable Throwable thrown) {
        if (call.isGivenUp()) {
            if (context.isClosed()) {
                // Interrupted by the shutdown: the next start need not wait for the lease.
                release(call.lease);
            }
        } else if (thrown instanceof NoHandlerException none) {
            noHandlerAt = context.now();
            release(call.lease);
            if (context.log.count("no handler") > 0) {
                LOG.warn(
                        "Results wait for a handler, the last one tried is id={}: {}",
                        LogText.clean(call.lease.id()),
                        LogText.clean(none.getMessage()));
            }
        } else {
            failed(call.lease, describe(thrown));
            log(call.lease, thrown);
        }
    }

    private void storeFailed(Call call, Throwable thrown) {
        context.metrics.add(LateCounter.STORE_FAILED);
        if (call.begun && !call.isGivenUp()) {
            // If the delivery was recorded after all, the lease is old and this changes nothing.
            failed(call.lease, "the delivery could not be recorded: " + describe(thrown));
            return;
        }
        long times = context.log.count("not handed over");
        if (times > 0) {
            LOG.warn(
                    "Results could not be handed over, since the store failed; they are tried again: {} since the last"
                            + " such line, the last id={}: {}",
                    times,
                    LogText.clean(call.lease.id()),
                    LogText.clean(describe(thrown)));
        }
        release(call.lease);
    }

    /** An exception of the application's may itself fail when it is asked for its text. */
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

    private void log(Lease lease, @Nullable Throwable thrown) {
        if (context.log.count("handler") == 0) {
            return;
        }
        try {
            LOG.warn("The handler of late results failed, the last time at id={}", LogText.clean(lease.id()), thrown);
        } catch (RuntimeException | Error e) {
            LOG.debug("The handler's exception cannot be logged", e);
        }
    }

    private void delivered(Lease lease, LateResult result) {
        boolean expired = result.getOutcome() == LateOutcome.EXPIRED;
        context.metrics.add(expired ? LateCounter.EXPIRED : LateCounter.DELIVERED);
        LOG.info("A result was handed over: id={}, outcome={}", LogText.clean(lease.id()), result.getOutcome());
        context.publish(
                lease.id(),
                lease.kind(),
                lease.state(),
                expired ? LateState.EXPIRED : LateState.DELIVERED,
                result.getOutcome());
    }

    private void stale(Lease lease) {
        context.metrics.add(LateCounter.STALE);
        LOG.warn(
                "The handler took longer than its lease, or the item was discarded meanwhile; what it wrote through its"
                        + " transaction was rolled back: id={}",
                LogText.clean(lease.id()));
    }

    private void failed(Lease lease, String error) {
        context.metrics.add(LateCounter.HANDLER_FAILED);
        Instant now = context.now();
        int failures = lease.failures() + 1;
        Duration pause = context.config.deadLetterRetry.after(failures, context.random);
        try {
            if (!context.store.fail(lease, error, now.plus(pause), now)) {
                context.metrics.add(LateCounter.STALE);
                return;
            }
        } catch (RuntimeException e) {
            context.metrics.add(LateCounter.STORE_FAILED);
            long times = context.log.count("not recorded");
            if (times > 0) {
                LOG.warn(
                        "Failures of the handler could not be recorded; the items are tried again once their leases have"
                                + " expired: {} since the last such line, the last id={}: {}",
                        times,
                        LogText.clean(lease.id()),
                        LogText.clean(describe(e)));
            }
            return;
        }
        LOG.warn(
                "The handler failed, the item is a dead letter: id={}, failures={}, next in {} s: {}",
                LogText.clean(lease.id()),
                failures,
                pause.toSeconds(),
                LogText.clean(error));
        LateResult result = lease.result();
        context.publish(
                lease.id(),
                lease.kind(),
                lease.state(),
                LateState.DEAD_LETTER,
                result == null ? null : result.getOutcome());
    }

    /** Gives up calls that take too long. Their slots stay taken until they return. */
    void interruptOverdue() {
        Instant now = context.now();
        int overdue = 0;
        for (Call call : calls) {
            if (call.startedAt.plus(context.config.handlerTimeout).isAfter(now)) {
                continue;
            }
            if (call.giveUp()) {
                failed(
                        call.lease,
                        "the handler did not return within " + context.config.handlerTimeout.toSeconds()
                                + " s, and was interrupted");
                // After the failure is recorded, so that a call that ends by it finds its lease old.
                call.interrupt();
            }
            overdue++;
        }
        context.metrics.observeOverdueHandlers(overdue);
        if (overdue >= context.config.concurrency && context.log.count("stuck") > 0) {
            LOG.warn("No result is handed over: all {} handler slots are taken by calls that do not return", overdue);
        }
    }

    void interruptAll() {
        for (Call call : calls) {
            call.giveUp();
            call.interrupt();
        }
    }

    /** One call of the handler. */
    private static final class Call {
        private final Lease lease;
        private final Thread thread = Thread.currentThread();
        private final Instant startedAt;
        private volatile boolean begun;
        private boolean ended;
        private boolean givenUp;
        private boolean interrupted;

        Call(Lease lease, Instant startedAt) {
            this.lease = lease;
            this.startedAt = startedAt;
        }

        /** Returns whether this is the first to give the call up, before it ended. */
        synchronized boolean giveUp() {
            boolean first = !ended && !givenUp;
            givenUp |= first;
            return first;
        }

        /** Interrupts the thread while it still runs this call. */
        synchronized void interrupt() {
            if (!ended) {
                interrupted = true;
                thread.interrupt();
            }
        }

        synchronized boolean isGivenUp() {
            return givenUp;
        }

        /** Clears the interrupt flag where this call was interrupted, so that the thread's next work is not. */
        synchronized void end() {
            ended = true;
            if (interrupted) {
                Thread.interrupted();
            }
        }
    }
}
