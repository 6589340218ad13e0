package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.gate.VerdictClient;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.threads.WorkerPool;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateResultHandler;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
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
    private static final Duration TEST_LIMIT = Duration.ofMinutes(1);
    private static final int INTERRUPTS = 4;
    private static final Duration INTERRUPT_PAUSE = Duration.ofMillis(250);
    private static final int MAX_THREADS = 128;
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final int MAINTENANCE_THREADS = 16;

    private final DaemonThreads clockThreads = threads("late-tick");
    private final WorkerPool ownWorkers = new WorkerPool(threads("late-work"), MAX_THREADS, 0, IDLE);
    private final WorkerPool ownMaintenance = new WorkerPool(threads("late-upkeep"), MAINTENANCE_THREADS, 0, IDLE);
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

    private final EngineLoop loop;

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
            LongSupplier nanoTime,
            @Nullable Executor workers,
            @Nullable Executor handlers) {
        this.context = new EngineContext(
                config,
                store,
                spool,
                listeners,
                clock,
                nanoTime,
                workers == null ? ownWorkers : workers,
                workers == null ? ownMaintenance : workers,
                handlers == null ? ownHandlers : handlers);
        this.spool = new ResultSpool(context);
        this.deliveries = new Deliveries(context, this.spool, handler);
        this.calls = new StoreCalls(context, deliveries::accept);
        this.housekeeping = new Housekeeping(context, this.spool);
        this.inbox = new LateInbox(context, calls, this.spool, tasks != null);
        if (tasks != null) {
            pollers.put(
                    "", new Poller(context, this.spool, null, lease -> tasks.apply(lease.id()), () -> Duration.ZERO));
        }
        this.deadLetters = new DeadLetterAdmin(context, calls);
        this.loop = new EngineLoop(context, calls, this.spool, deliveries, housekeeping, pollers.values());
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

    public DeadLetterAdmin deadLetters() {
        return deadLetters;
    }

    public EngineMetrics metrics() {
        return context.metrics;
    }

    /** Returns whether a result that arrives now can be stored or spooled. */
    public boolean canKeepResults() {
        return !context.health.isFailing() || spool.canKeep();
    }

    /** Sets the client for the verdicts of a source, as passed to {@link LateInbox#track}; without one they expire. */
    public void addVerdictClient(String source, VerdictClient client) {
        Function<Lease, Poll> poll = lease -> {
            String token = Objects.requireNonNull(lease.token());
            return Poll.ofVerdict(client.callForLateVerdict(token), lease.sent(), token);
        };
        pollers.computeIfAbsent(source, key -> new Poller(context, spool, key, poll, client::holdOff));
    }

    private static DaemonThreads threads(String kind) {
        return new DaemonThreads(kind, Thread.currentThread().getContextClassLoader());
    }

    /**
     * Starts the threads, to be called once. Each of {@code also} runs on a worker once per interval, one run at a time: one
     * that hangs takes one thread, and not those that drain the spool and record deliveries.
     */
    public void start(Duration interval, Runnable... also) {
        List<Runnable> starters = Arrays.stream(also)
                .map(work -> EngineContext.oneAtATime(ownMaintenance::tryExecute, work))
                .toList();
        loop.start(clockThreads, interval, () -> starters.forEach(Runnable::run));
    }

    /**
     * Opens the store, so that the first fail-open request need not wait for it. One that is down is opened later.
     *
     * @throws IllegalStateException where the tables are of another version or cannot be made
     */
    public void openStore() {
        StoreException failure = loop.beat();
        if (failure != null && failure.getCause() instanceof IllegalStateException unusable) {
            throw new IllegalStateException(unusable.getMessage(), unusable);
        }
        if (failure == null) {
            loop.warmUp();
        }
    }

    /**
     * Does what is due. A call during another one makes that one run again. Failures of the store are logged and counted,
     * not thrown.
     */
    public void pollOnce() {
        loop.beat();
        loop.cycle();
    }

    /**
     * Lets time pass, does what is due, and returns when no more is: for tests of the application. Meanwhile the engine's own
     * threads go on.
     *
     * @throws IllegalStateException where there is still work after a minute
     */
    public void advance(Duration time) {
        long end = System.nanoTime() + TEST_LIMIT.toNanos();
        // A handler that is running would otherwise exceed its time limit.
        boolean idle = context.awaitIdle(TEST_LIMIT);
        context.advance(time);
        long before = context.metrics.total();
        // An expiry is counted in the next round only, which delivers it.
        for (int quiet = 0; idle && quiet < 2; ) {
            loop.beat();
            context.claimable.addAll(WorkQueue.CLAIMED);
            context.expired.addAll(WorkQueue.AWAITED);
            idle = System.nanoTime() < end && loop.awaitOwnCycle(TEST_LIMIT) && context.awaitIdle(TEST_LIMIT);
            long total = context.metrics.total();
            quiet = total == before && context.expiring.isEmpty() ? quiet + 1 : 0;
            before = total;
        }
        if (!idle) {
            throw new IllegalStateException("Late results are still at work after " + TEST_LIMIT.toSeconds()
                    + " s: a handler does not return," + " or asks to be called again at once");
        }
    }

    /** Sets whether handlers rest, on all nodes, until the opposite is set. */
    public void setPaused(boolean paused) {
        calls.callUrgently(() -> {
            context.store.setPaused(paused);
            return true;
        });
        context.setPaused(paused);
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
        loop.stop();
        long end = System.nanoTime() + grace.toNanos();
        // The owner closes the store next, so no cycle may use it any more.
        boolean ended = loop.awaitCycle(grace);
        deliveries.releaseWaiting(Duration.ZERO);
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
        calls.close();
        spool.close();
        ownWorkers.stop();
        ownMaintenance.stop();
        ownHandlers.stop();
        if (clockThreads.awaitEnd(GRACE)
                        + ownWorkers.awaitEnd(GRACE)
                        + ownMaintenance.awaitEnd(GRACE)
                        + ownHandlers.awaitEnd(GRACE)
                > 0) {
            LOG.warn("Threads of late results are still waiting for a store, a service or a handler");
        }
    }

    /** On a thread of its own, since a store that hangs must not keep the application from ending. */
    private void recordWhatIsLeft() {
        try {
            calls.callUrgently(deliveries.settlements::recordAgain);
        } catch (StoreException e) {
            LOG.warn("It could not be recorded how the last calls of the handler ended; those items come again", e);
        }
    }
}
