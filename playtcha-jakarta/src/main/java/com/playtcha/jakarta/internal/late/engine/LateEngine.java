package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.gate.VerdictClient;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.late.DeadLetters;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateResultHandler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of late results. {@link #pollOnce} does what is due by the clock; polls and handlers run on the executors it
 * was given. Thread-safe.
 */
public final class LateEngine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LateEngine.class);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final int INTERRUPTS = 4;
    private static final Duration INTERRUPT_PAUSE = Duration.ofMillis(250);

    private final EngineContext context;
    private final ResultSpool spool;
    private final Deliveries deliveries;
    private final Housekeeping housekeeping;
    private final StoreCalls calls;
    private final LateInbox inbox;
    private final DeadLetterAdmin deadLetters;
    private final Executor executor;
    private final List<Poller> pollers = new CopyOnWriteArrayList<>();
    private final Set<String> sources = ConcurrentHashMap.newKeySet();
    private final Semaphore cycles = new Semaphore(1);
    private volatile boolean again;
    private volatile boolean storeIsDown;
    /** After an outage the spools of other nodes are drained first. */
    private volatile Instant pollNotBefore = Instant.MIN;

    /**
     * Creates an engine over a store that its owner closes after it.
     *
     * @param spool for what arrives while the store is down; without it that is refused
     * @param tasks polls for the result of a task; without it tasks wait for their callbacks
     * @param listeners called on the thread that recorded a transition; may change at any time
     * @param executor of polls and housekeeping
     */
    public LateEngine(
            LateConfig config,
            LateStore store,
            @Nullable SpoolDirectory spool,
            LateResultHandler handler,
            @Nullable Function<String, Poll> tasks,
            Iterable<LateListener> listeners,
            Clock clock,
            Executor executor,
            Executor handlers) {
        this.executor = executor;
        this.context = new EngineContext(config, store, spool, listeners, clock);
        this.spool = new ResultSpool(context);
        this.deliveries = new Deliveries(context, this.spool, executor, handlers, handler);
        this.housekeeping = new Housekeeping(context, this.spool, executor);
        this.calls = new StoreCalls(context);
        this.inbox = new LateInbox(context, calls, this.spool, tasks != null);
        if (tasks != null) {
            addPoller(null, lease -> tasks.apply(lease.id()), () -> Duration.ZERO);
        }
        this.deadLetters = new DeadLetterAdmin(context);
    }

    public LateInbox inbox() {
        return inbox;
    }

    public DeadLetters deadLetters() {
        return deadLetters;
    }

    public EngineMetrics metrics() {
        return context.metrics;
    }

    /** Returns whether a result that arrives now can be stored or spooled. */
    public boolean canKeepResults() {
        SpoolDirectory directory = context.spool;
        return !storeIsDown || (directory != null && directory.percentFull() < 100);
    }

    /** Sets the client for the verdicts of a source, as passed to {@link LateInbox#track}; without one they expire. */
    public void addVerdictClient(String source, VerdictClient client) {
        if (sources.add(source)) {
            addPoller(source, lease -> Verdicts.poll(client, lease), client::holdOff);
        }
    }

    private void addPoller(@Nullable String source, Function<Lease, Poll> client, Supplier<Duration> holdOff) {
        pollers.add(new Poller(context, spool, executor, source, client, holdOff));
    }

    /**
     * Sets callbacks for when there may be work for {@link #pollOnce}, and for when {@link #deliver} is enough; they must
     * return at once.
     */
    void onWork(Runnable wake, Runnable deliveriesOnly) {
        context.onWake(wake, deliveriesOnly);
    }

    /** Gives up handlers that take too long. Never waits for the store, as the others may. */
    void watch() {
        deliveries.interruptOverdue();
    }

    /** Hands new results over, and does nothing else. */
    void deliver() {
        if (!storeIsDown && cycles.tryAcquire()) {
            runCycle(() -> step(() -> deliveries.run(false)));
        }
    }

    /**
     * Opens the store, so that the first fail-open request need not wait for it. One that is down is opened later.
     *
     * @throws IllegalStateException where the tables are of another version or cannot be made
     */
    public void openStore() {
        try {
            calls.call(() -> {
                context.measureClock();
                return true;
            });
        } catch (StoreException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IllegalStateException unusable) {
                throw new IllegalStateException(unusable.getMessage(), unusable);
            }
            storeFails(e);
        }
    }

    /**
     * Does what is due. A call during another one makes that one run again. Failures of the store are logged and counted,
     * not thrown.
     */
    public void pollOnce() {
        again = true;
        while (again && cycles.tryAcquire()) {
            runCycle(() -> {
                again = false;
                if (!context.isClosed()) {
                    cycle();
                }
            });
        }
    }

    private void runCycle(Runnable cycle) {
        try {
            cycle.run();
        } catch (StoreException e) {
            storeFails(e);
        } finally {
            cycles.release();
        }
    }

    private void cycle() {
        step(deliveries::interruptOverdue);
        step(housekeeping::watchSpool);
        step(spool::drainDiscards);
        // Deliveries first, since they show whether the store works; then the spool, since an item whose result is
        // spooled must not be polled.
        step(() -> deliveries.run(true));
        if (storeIsDown) {
            // Without a free slot or a handler, deliveries have not called the store.
            step(context::measureClock);
            pollNotBefore = context.now().plus(context.config.afterOutage);
        }
        step(spool::drain);
        again |= spool.hasBacklog();
        Instant now = context.now();
        // A clock that was set back meanwhile does not prolong the pause.
        if (!now.isBefore(pollNotBefore) || pollNotBefore.isAfter(now.plus(context.config.afterOutage))) {
            housekeeping.expireIfDue();
            pollers.forEach(poller -> step(poller::run));
        }
        step(() -> deliveries.run(true));
        housekeeping.runIfDue();
        if (storeIsDown) {
            storeIsDown = false;
            LOG.warn("The store of late results works again");
            context.wakeDeliveries();
        }
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

    private void storeFails(StoreException e) {
        context.metrics.add(LateCounter.STORE_FAILED);
        if (!storeIsDown) {
            storeIsDown = true;
            context.log.reset("store");
        }
        String line = "The store of late results fails; nothing is processed until it works: {}";
        context.warn(LOG, "store", line, e.getMessage(), e);
    }

    @Override
    public void close() {
        close(GRACE);
    }

    /**
     * Claims nothing more, waits for running work, then interrupts handlers. Claimed items are processed after the next
     * start, or by another node once their leases have expired.
     */
    public void close(Duration grace) {
        if (context.isClosed()) {
            return;
        }
        context.close();
        long end = System.nanoTime() + grace.toNanos();
        boolean ended = awaitCycle(grace);
        deliveries.releaseWaiting();
        ended &= context.awaitIdle(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        // Repeatedly, since some drivers swallow an interrupt.
        for (int i = 0; i < INTERRUPTS && !ended; i++) {
            deliveries.interruptAll();
            ended = context.awaitIdle(INTERRUPT_PAUSE);
        }
        if (!ended) {
            LOG.warn("A handler or a poll of late results does not return, though it was interrupted");
        }
        recordWhatIsLeft();
        deadLetters.close();
        calls.close();
    }

    /** On a thread of its own, since a store that hangs must not keep the application from ending. */
    private void recordWhatIsLeft() {
        try {
            calls.call(() -> {
                deliveries.settleAgain();
                return true;
            });
        } catch (StoreException e) {
            LOG.warn("It could not be recorded how the last calls of the handler ended; those items come again", e);
        }
    }

    /** The owner closes the store next, so no cycle may use it any more. */
    private boolean awaitCycle(Duration timeout) {
        try {
            if (cycles.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                cycles.release();
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
