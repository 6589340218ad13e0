package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.gate.VerdictClient;
import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.threads.WorkerPool;
import com.playtcha.jakarta.late.DeadLetters;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateResultHandler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of late results. {@link #pollOnce} does what is due; once it is started, two threads of its own call it at an
 * interval, and sooner when there is work. Thread-safe.
 */
public final class LateEngine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LateEngine.class);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final int INTERRUPTS = 4;
    private static final Duration INTERRUPT_PAUSE = Duration.ofMillis(250);
    private static final int MAX_THREADS = 128;
    private static final Duration IDLE = Duration.ofSeconds(10);
    /** How soon a call of the handler that hangs is seen. */
    private static final Duration WATCH = Duration.ofMillis(100);
    /** A cycle of this age waits for a store that hangs. */
    private static final Duration LONGEST_CYCLE = Duration.ofSeconds(30);

    private static final String STORE_FAILS =
            "The store of late results fails; nothing is processed until it works: {}";

    private final DaemonThreads clockThreads = threads("late-tick");
    private final WorkerPool ownWorkers = new WorkerPool(threads("late-work"), MAX_THREADS, 0, IDLE);
    /** Bounded by the slots. */
    private final WorkerPool ownHandlers = new WorkerPool(threads("late-handler"), Integer.MAX_VALUE, 0, IDLE);

    private final EngineContext context;
    private final ResultSpool spool;
    private final Deliveries deliveries;
    private final Housekeeping housekeeping;
    private final StoreCalls calls;
    private final LateInbox inbox;
    private final DeadLetterAdmin deadLetters;
    /** By source; that of tasks has none. */
    private final Map<String, Poller> pollers = new ConcurrentHashMap<>();

    private final Semaphore cycles = new Semaphore(1);
    private volatile boolean again;
    private volatile boolean storeIsDown;
    /** When the cycle under way began. */
    private volatile @Nullable Instant cycleBegan;

    private volatile boolean storeHangs;
    /** After an outage the spools of other nodes are drained first. */
    private volatile Instant pollNotBefore = Instant.MIN;

    /**
     * Creates an engine over a store that its owner closes after it.
     *
     * @param spool for what arrives while the store is down; without it that is refused
     * @param tasks polls for the result of a task; without it tasks wait for their callbacks
     * @param listeners called on the thread that recorded a transition; may change at any time
     * @param workers of polls and housekeeping; threads of its own if null
     * @param handlers of the handler, such as the server's; threads of its own if null
     */
    public LateEngine(
            LateConfig config,
            LateStore store,
            @Nullable SpoolDirectory spool,
            LateResultHandler handler,
            @Nullable Function<String, Poll> tasks,
            Iterable<LateListener> listeners,
            Clock clock,
            @Nullable Executor workers,
            @Nullable Executor handlers) {
        this.context = new EngineContext(
                config,
                store,
                spool,
                listeners,
                clock,
                workers == null ? ownWorkers : workers,
                handlers == null ? ownHandlers : handlers);
        this.spool = new ResultSpool(context);
        this.deliveries = new Deliveries(context, this.spool, handler);
        this.housekeeping = new Housekeeping(context, this.spool);
        this.calls = new StoreCalls(context);
        this.inbox = new LateInbox(context, calls, this.spool, tasks != null);
        if (tasks != null) {
            pollers.put(
                    "", new Poller(context, this.spool, null, lease -> tasks.apply(lease.id()), () -> Duration.ZERO));
        }
        this.deadLetters = new DeadLetterAdmin(context);
    }

    /** Thrown by a handler while the application has none. The item does not fail; it waits until there is one. */
    public static final class NoHandlerException extends Exception {
        private static final long serialVersionUID = 1L;

        public NoHandlerException(String message) {
            super(message);
        }
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
        return !(storeIsDown || storeHangs) || (directory != null && directory.percentFull() < 100);
    }

    /** Sets the client for the verdicts of a source, as passed to {@link LateInbox#track}; without one they expire. */
    public void addVerdictClient(String source, VerdictClient client) {
        Function<Lease, Poll> poll = lease -> {
            String token = Objects.requireNonNull(lease.token());
            return Poll.ofVerdict(client.call(token), lease.sent(), token);
        };
        pollers.computeIfAbsent(source, key -> new Poller(context, spool, key, poll, client::holdOff));
    }

    private static DaemonThreads threads(String kind) {
        return new DaemonThreads(kind, Thread.currentThread().getContextClassLoader());
    }

    /** Starts the threads, to be called once; {@code also} runs on a worker once per interval. */
    public void start(Duration interval, Runnable also) {
        context.clockThread = clockThreads.start(() -> run(interval.toNanos()));
        // Apart, since the other may wait for a connection that only a handler that is interrupted gives back.
        clockThreads.start(() -> watch(interval.toNanos(), also));
    }

    private void run(long interval) {
        long next = System.nanoTime() + interval;
        while (!context.isClosed()) {
            long left = next - System.nanoTime();
            if (left <= 0 || context.woken) {
                context.woken = false;
                context.hasDeliveries = false;
                guarded(this::pollOnce);
                next = left <= 0 ? System.nanoTime() + interval : next;
            } else if (context.hasDeliveries) {
                context.hasDeliveries = false;
                guarded(this::deliver);
            } else {
                // Parking allocates nothing, so an OutOfMemoryError cannot end this thread here.
                LockSupport.parkNanos(this, left);
                Thread.interrupted();
            }
        }
    }

    private void watch(long interval, Runnable also) {
        long pause = Math.min(interval, WATCH.toNanos());
        long next = System.nanoTime() + interval;
        while (!context.isClosed()) {
            LockSupport.parkNanos(this, pause);
            Thread.interrupted();
            guarded(deliveries::interruptOverdue);
            if (!storeIsDown && !context.expiring.isEmpty()) {
                // The next batch of many that expired at once does not wait for the next interval.
                context.wake();
            }
            if (next - System.nanoTime() <= 0) {
                guarded(housekeeping::watchSpool);
                guarded(this::watchCycle);
                // Where all threads are busy, it runs after the next interval.
                guarded(() -> ownWorkers.tryRun(also));
                next = System.nanoTime() + interval;
            }
        }
    }

    /** On this thread, since the other one waits for the store. */
    private void watchCycle() {
        Instant began = cycleBegan;
        if (began != null && began.plus(LONGEST_CYCLE).isBefore(context.now())) {
            storeHangs = true;
            String why = "a call has not returned for more than " + LONGEST_CYCLE.toSeconds() + " s";
            context.warn(LOG, "store", STORE_FAILS, why);
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

    /** Hands new results over, and does nothing else. */
    private void deliver() {
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
            calls.run(context::measureClock);
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
            cycleBegan = context.now();
            cycle.run();
        } catch (StoreException e) {
            storeFails(e);
        } finally {
            cycleBegan = null;
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
            pollers.values().forEach(poller -> step(poller::run));
        }
        step(() -> deliveries.run(true));
        housekeeping.runIfDue();
        if (storeIsDown || storeHangs) {
            storeIsDown = false;
            storeHangs = false;
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
        context.warn(LOG, "store", STORE_FAILS, e.getMessage(), e);
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
        // The owner closes the store next, so no cycle may use it any more.
        boolean ended = EngineContext.await(cycles, 1, grace);
        deliveries.releaseWaiting(Instant.MAX);
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
        ownWorkers.stop();
        ownHandlers.stop();
        if (clockThreads.awaitEnd(GRACE) + ownWorkers.awaitEnd(GRACE) + ownHandlers.awaitEnd(GRACE) > 0) {
            LOG.warn("Threads of late results are still waiting for a store, a service or a handler");
        }
    }

    /** On a thread of its own, since a store that hangs must not keep the application from ending. */
    private void recordWhatIsLeft() {
        try {
            calls.run(deliveries::settleAgain);
        } catch (StoreException e) {
            LOG.warn("It could not be recorded how the last calls of the handler ended; those items come again", e);
        }
    }
}
