package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.gate.VerdictClient;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.DeadLetters;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateResultHandler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine (contract, section 7). {@link #pollOnce} does what is due and is called again and again by whoever keeps
 * the time; work runs on the executor it was given, and the clock says what is due. Thread-safe.
 */
public final class LateEngine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LateEngine.class);

    private final EngineContext context;
    private final ResultSpool letters;
    private final Deliveries deliveries;
    private final PollDispatcher questions;
    private final Housekeeping housekeeping;
    private final FailOpenWriter passes;
    private final StoreCalls calls;
    private final LateInbox inbox;
    private final DeadLetterAdmin desk;
    private final Bulkhead polls;
    private final @Nullable TaskPoller tasks;
    private final Map<String, VerdictPoller> verdicts = new ConcurrentHashMap<>();
    private final Semaphore cycles = new Semaphore(1);
    private volatile boolean again;
    private volatile boolean storeIsDown;
    private Instant expiredAt = Instant.MAX;
    /** After an outage, what other nodes have in their directories is to arrive first. */
    private volatile Instant questionsNotBefore = Instant.MIN;

    private LateEngine(Builder builder) {
        this.context = new EngineContext(
                builder.config,
                builder.store,
                builder.letters,
                builder.clock,
                builder.executor,
                builder.random,
                builder.node);
        this.letters = new ResultSpool(context);
        this.deliveries = new Deliveries(context, builder.handler, builder.invoker);
        this.questions = new PollDispatcher(context, letters);
        this.housekeeping = new Housekeeping(context);
        this.calls = new StoreCalls(context);
        this.passes = new FailOpenWriter(context, letters, calls);
        this.tasks = builder.poller == null ? null : new TaskPoller(context, questions, builder.poller);
        this.inbox = new LateInbox(context, calls, letters, passes, tasks != null);
        this.desk = new DeadLetterAdmin(context, calls);
        this.polls = new Bulkhead(context, context.config.mostPolls);
    }

    /**
     * Starts an engine.
     *
     * @param config its limits
     * @param store where items are kept; closed by its owner, after the engine
     * @param handler the application's
     * @param clock what time it is
     * @param executor runs asks, polls and handlers, as many at once as the configuration allows; a task it refuses comes
     *     back later
     * @return a builder
     */
    public static Builder builder(
            LateConfig config, LateStore store, LateResultHandler handler, Clock clock, Executor executor) {
        return new Builder(config, store, handler, clock, executor);
    }

    /**
     * Where requests bring their business.
     *
     * @return of this engine
     */
    public LateInbox inbox() {
        return inbox;
    }

    /**
     * The operator's view.
     *
     * @return of this engine
     */
    public DeadLetters deadLetters() {
        return desk;
    }

    /**
     * Counters and gauges.
     *
     * @return live
     */
    public EngineMetrics stats() {
        return context.stats;
    }

    /**
     * Adds one that hears of every transition from now on.
     *
     * @param listener called on the thread that recorded it
     */
    public void addListener(LateListener listener) {
        context.teller.add(listener);
    }

    /**
     * Names whom to ask about the passes of a source. Until then they wait, and expire.
     *
     * @param source as passed to {@link LateInbox#track}
     * @param upstream the way to Playtcha
     */
    public void addVerdictClient(String source, VerdictClient upstream) {
        verdicts.putIfAbsent(source, new VerdictPoller(context, questions, source, upstream));
    }

    /**
     * Sets what makes {@link #pollOnce} be called soon; called whenever there may be something to do.
     *
     * @param wake returns at once
     */
    public void onWork(Runnable wake) {
        context.wakeBy(wake);
    }

    /**
     * Opens the store, so that the first request that is to be tracked need not wait for that. One that is down is opened
     * later; that is logged.
     *
     * @throws IllegalStateException where the store is there and cannot be used: its tables are of another version, or
     *     cannot be made
     */
    public void openStore() {
        try {
            calls.call(context.store::counts);
        } catch (StoreException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IllegalStateException unusable) {
                throw new IllegalStateException(unusable.getMessage(), unusable);
            }
            storeFails(e);
        }
    }

    /**
     * Does what is due. Called by one thread at a time; a call that finds another at work makes that one look again.
     * Trouble of the store is logged and counted, not thrown.
     *
     * @return how many items were taken on
     */
    public int pollOnce() {
        int taken = 0;
        again = true;
        while (again && cycles.tryAcquire()) {
            try {
                again = false;
                taken += cycle();
            } finally {
                cycles.release();
            }
        }
        return taken;
    }

    private int cycle() {
        if (context.isClosed()) {
            return 0;
        }
        try {
            int taken = step(deliveries::watch);
            step(() -> {
                places().forEach(Bulkhead::reclaim);
                return 0;
            });
            step(() -> {
                housekeeping.watchDirectory();
                return 0;
            });
            step(() -> {
                letters.drainDiscards();
                return 0;
            });
            // First, since it shows whether the store works; then the spool, since what is known is not asked for.
            taken += step(deliveries::settle);
            taken += step(deliveries::run);
            if (storeIsDown) {
                // Deliveries have not looked where there is no place for one, or no handler.
                step(() -> {
                    context.store.counts();
                    return 0;
                });
                questionsNotBefore = context.now().plus(context.config.afterOutage);
            }
            taken += step(letters::drain);
            if (letters.hasBacklog()) {
                again = true;
            }
            if (mayAsk(context.now())) {
                taken += question();
            }
            taken += step(deliveries::run);
            step(() -> {
                housekeeping.run();
                return 0;
            });
            storeWorks();
            return taken;
        } catch (StoreException e) {
            storeFails(e);
        }
        return 0;
    }

    /** Some time after an outage; not longer when the clock was set back meanwhile. */
    private boolean mayAsk(Instant now) {
        return !now.isBefore(questionsNotBefore) || questionsNotBefore.isAfter(now.plus(context.config.afterOutage));
    }

    /** What has expired counts as a question: its answer is that there was none. */
    private int question() {
        int taken = step(this::expire);
        for (VerdictPoller asker : verdicts.values()) {
            taken += step(asker::run);
        }
        if (tasks != null) {
            taken += step(() -> tasks.run(polls));
        }
        return taken;
    }

    /** Trouble of the store ends a cycle; a bug in one of its parts does not keep the others from working. */
    private int step(IntSupplier part) {
        try {
            return part.getAsInt();
        } catch (StoreException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            if (context.teller.mayLog("engine", context.now()) > 0) {
                LOG.error("A part of the engine of late results cannot work", e);
            }
            return 0;
        }
    }

    /** Once a second, or when the clock was set back: the engine may be woken hundreds of times in between. */
    private int expire() {
        Instant now = context.now();
        if (!now.isBefore(expiredAt) && now.isBefore(expiredAt.plusSeconds(1))) {
            return 0;
        }
        int taken = questions.expire(WorkQueue.ASK) + questions.expire(WorkQueue.POLL);
        expiredAt = now;
        return taken;
    }

    private void storeWorks() {
        if (storeIsDown) {
            storeIsDown = false;
            LOG.warn("The store of late results works again");
        }
    }

    private void storeFails(StoreException e) {
        context.stats.add(LateCounter.STORE_FAILED);
        boolean first = !storeIsDown;
        storeIsDown = true;
        long times = context.teller.mayLog("store", context.now());
        if (first || times > 0) {
            LOG.warn("The store of late results fails, nothing is worked on: {}", e.getMessage(), e);
        }
    }

    /** Ends the engine; see {@link #close(Duration)}. */
    @Override
    public void close() {
        close(Duration.ofSeconds(5));
    }

    /**
     * Takes nothing more on, waits for what is under way, then interrupts handlers. What is left comes back on the next
     * start or on another node, when its lease has passed.
     *
     * @param grace how long to wait
     */
    public void close(Duration grace) {
        if (context.isClosed()) {
            return;
        }
        passes.close();
        context.close();
        long end = System.nanoTime() + grace.toNanos();
        boolean ended = awaitCycle(end);
        for (Bulkhead each : places()) {
            each.reclaimAll();
            ended &= each.awaitEmpty(left(end));
        }
        if (!ended) {
            if (!interruptHandlers()) {
                LOG.warn("A handler of late results does not return, though it was interrupted");
            }
        }
        calls.close();
    }

    private List<Bulkhead> places() {
        List<Bulkhead> places = new ArrayList<>(List.of(deliveries.places(), polls));
        verdicts.values().forEach(asker -> places.add(asker.places()));
        return places;
    }

    /** More than once: a driver that is interrupted may keep that to itself. */
    private boolean interruptHandlers() {
        for (int i = 0; i < 4; i++) {
            deliveries.interruptAll();
            if (deliveries.places().awaitEmpty(Duration.ofMillis(250))) {
                return true;
            }
        }
        return false;
    }

    private static Duration left(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /** No cycle is to look into a store that its owner closes next. */
    private boolean awaitCycle(long end) {
        try {
            if (cycles.tryAcquire(left(end).toNanos(), TimeUnit.NANOSECONDS)) {
                cycles.release();
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /** Collects an engine's ports. Not thread-safe. */
    public static final class Builder {
        private final LateConfig config;
        private final LateStore store;
        private final LateResultHandler handler;
        private final Clock clock;
        private final Executor executor;
        private @Nullable SpoolDirectory letters;
        private @Nullable TaskClient poller;
        private HandlerInvoker invoker = HandlerInvoker.Call::run;
        private RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
        private String node = "node";

        private Builder(LateConfig config, LateStore store, LateResultHandler handler, Clock clock, Executor executor) {
            this.config = config;
            this.store = store;
            this.handler = handler;
            this.clock = clock;
            this.executor = executor;
        }

        /**
         * Sets where results go that the store does not take.
         *
         * @param value none by default: then they are refused
         * @return this
         */
        public Builder letters(SpoolDirectory value) {
            this.letters = value;
            return this;
        }

        /**
         * Sets how tasks are polled for.
         *
         * @param value none by default: then tasks wait for their callback alone
         * @return this
         */
        public Builder poller(TaskClient value) {
            this.poller = value;
            return this;
        }

        /**
         * Sets what is around calls of the handler.
         *
         * @param value nothing by default
         * @return this
         */
        public Builder invoker(HandlerInvoker value) {
            this.invoker = value;
            return this;
        }

        /**
         * Sets where the random part of pauses comes from.
         *
         * @param value thread-safe
         * @return this
         */
        public Builder random(RandomGenerator value) {
            this.random = value;
            return this;
        }

        /**
         * Sets what this node is called in the store, for people who look there.
         *
         * @param value up to 100 characters
         * @return this
         */
        public Builder node(String value) {
            this.node = value;
            return this;
        }

        /**
         * Makes the engine; starts nothing.
         *
         * @return to be closed
         */
        public LateEngine build() {
            return new LateEngine(this);
        }
    }
}
