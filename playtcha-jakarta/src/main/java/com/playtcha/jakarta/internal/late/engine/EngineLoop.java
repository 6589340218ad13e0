package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when what is done: the heartbeat, and cycles, which claim and process what it or somebody else has signalled. On
 * three threads, since one may wait for a connection that only a handler that is interrupted gives back. Thread-safe.
 */
final class EngineLoop {
    private static final Logger LOG = LoggerFactory.getLogger(EngineLoop.class);
    /** How soon a call of the handler, or of the store, that hangs is seen. */
    private static final Duration WATCH = Duration.ofMillis(100);
    /** A cycle of this age waits for a store that does not answer. */
    private static final Duration LONG_CYCLE = Duration.ofSeconds(30);

    private final EngineContext context;
    private final StoreCalls calls;
    private final ResultSpool spool;
    private final Deliveries deliveries;
    private final Housekeeping housekeeping;
    private final Collection<Poller> pollers;

    private final Semaphore cycles = new Semaphore(1);
    private volatile boolean again;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    /** How long the cycle under way may last until that is logged; over between cycles. */
    private final Pause cycleLimit;

    EngineLoop(
            EngineContext context,
            StoreCalls calls,
            ResultSpool spool,
            Deliveries deliveries,
            Housekeeping housekeeping,
            Collection<Poller> pollers) {
        this.context = context;
        this.calls = calls;
        this.spool = spool;
        this.deliveries = deliveries;
        this.housekeeping = housekeeping;
        this.pollers = pollers;
        this.cycleLimit = new Pause(context::nanoTime);
    }

    void start(DaemonThreads daemons, Duration interval, Runnable also) {
        context.clockThread = daemons.start(() -> run(interval.toNanos()));
        threads.add(daemons.start(() -> every(interval, () -> {
            if (beat() == null) {
                context.wake();
            }
        })));
        threads.add(daemons.start(() -> watch(interval, also)));
    }

    /** To be called after the context is closed: the threads end without waiting for the next interval. */
    void stop() {
        threads.forEach(LockSupport::unpark);
    }

    private void every(Duration interval, Runnable work) {
        while (!context.isClosed()) {
            guarded(work);
            // Parking allocates nothing, so an OutOfMemoryError cannot end this thread here.
            LockSupport.parkNanos(this, interval.toNanos());
            Thread.interrupted();
        }
    }

    private void run(long interval) {
        while (!context.isClosed()) {
            if (context.woken) {
                context.woken = false;
                context.hasDeliveries = false;
                guarded(this::cycle);
            } else if (context.hasDeliveries) {
                context.hasDeliveries = false;
                guarded(this::deliver);
            } else {
                LockSupport.parkNanos(this, interval);
                Thread.interrupted();
            }
        }
    }

    private void watch(Duration interval, Runnable also) {
        Pause untilRest = new Pause(System::nanoTime);
        every(WATCH.compareTo(interval) < 0 ? WATCH : interval, () -> {
            guarded(deliveries::interruptOverdue);
            guarded(calls::helpSlowArrivals);
            if (context.health.works() && !context.expiring.isEmpty()) {
                // The next batch of many that expired at once does not wait for the next interval.
                context.wake();
            }
            if (untilRest.isOver()) {
                untilRest.begin(interval);
                guarded(housekeeping::watchSpool);
                guarded(this::watchCycle);
                guarded(also);
            }
        });
    }

    private void watchCycle() {
        if (cycles.availablePermits() == 0 && cycleLimit.isOver()) {
            String line = "The engine of late results has been waiting for a call of the store for more than {} s";
            context.warn(LOG, "cycle", line, LONG_CYCLE.toSeconds());
        }
    }

    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            try {
                LOG.error("The engine of late results failed and is called again at the next tick", e);
            } catch (RuntimeException | Error unlogged) {
                // Logging may be gone while the application is being undeployed.
            }
        }
    }

    /** Reads from the store what there is to do, and so whether it works; returns why not. */
    @Nullable
    StoreException beat() {
        try {
            calls.probe(() -> {
                boolean mustWrite = context.health.takeDoubt();
                context.beat();
                if (mustWrite) {
                    context.store.warmUp(context.now());
                }
            });
            if (context.health.answered()) {
                context.claimable.addAll(WorkQueue.CLAIMED);
                context.expired.addAll(WorkQueue.AWAITED);
            }
            return null;
        } catch (StoreException e) {
            context.health.failed(e);
            return e;
        }
    }

    /** Has the store do what the first visitor would wait for. */
    void warmUp() {
        try {
            calls.probe(() -> context.store.warmUp(context.now()));
        } catch (StoreException e) {
            context.health.doubtWrites();
            LOG.debug("The store of late results could not be warmed up", e);
        }
    }

    /** Hands new results over, and does nothing else. */
    private void deliver() {
        if (context.health.works() && cycles.tryAcquire()) {
            runCycle(() -> step(deliveries::run));
        }
    }

    /** Does what is due. A call during another one makes that one run again. */
    void cycle() {
        again = true;
        while (again && cycles.tryAcquire()) {
            runCycle(() -> {
                again = false;
                doCycle();
            });
        }
    }

    /** Does a whole cycle; returns false where another one does not end in time. */
    boolean awaitOwnCycle(Duration timeout) {
        try {
            if (!cycles.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        runCycle(this::doCycle);
        return true;
    }

    boolean awaitCycle(Duration timeout) {
        return EngineContext.await(cycles, 1, timeout);
    }

    private void runCycle(Runnable cycle) {
        try {
            cycleLimit.begin(LONG_CYCLE);
            cycle.run();
        } catch (StoreException e) {
            context.health.failed(e);
        } finally {
            cycles.release();
        }
    }

    private void doCycle() {
        if (context.isClosed()) {
            return;
        }
        step(deliveries::interruptOverdue);
        step(housekeeping::watchSpool);
        if (!context.health.works()) {
            return;
        }
        step(deliveries::run);
        step(spool::drainIfDue);
        if (context.health.isSettled()) {
            housekeeping.expireIfDue();
            for (WorkQueue queue : WorkQueue.AWAITED) {
                if (context.claimable.remove(queue)) {
                    pollers.forEach(poller -> poller.signal(queue));
                }
            }
            pollers.forEach(poller -> step(poller::run));
        }
        step(deliveries::run);
        housekeeping.runIfDue();
    }

    /** A failure of the store ends the cycle; a bug in one step does not stop the others. */
    private void step(Runnable part) {
        try {
            part.run();
        } catch (StoreException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            context.throttled(LOG, true, "engine", "A step of the engine of late results failed", e);
        }
    }
}
