package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.internal.util.EventPublisher;
import com.playtcha.jakarta.internal.util.LogThrottle;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** State shared by the parts of one engine. Thread-safe. */
final class EngineContext {
    private static final Logger LOG = LoggerFactory.getLogger(EngineContext.class);
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);
    private static final long MAX_CLAIM_BYTES = 8 << 20;

    final LateConfig config;
    final LateStore store;
    final @Nullable SpoolDirectory spool;
    final RandomGenerator random;
    final String node = node();
    final EngineMetrics metrics;
    final LogThrottle log;
    final StoreHealth health;
    final ActiveLeases leases;
    final RequestWaits waits;
    /**
     * Queues that may have something to claim, as the heartbeat or other work of this node found. A queue is removed
     * right before its claim: one that found nothing is repeated only after the queue was added again.
     */
    final Set<WorkQueue> claimable = ConcurrentHashMap.newKeySet();
    /** Queues of awaited items that may have expired ones, likewise. */
    final Set<WorkQueue> expired = ConcurrentHashMap.newKeySet();
    /** What pollers run on; it rejects work while all threads are busy. */
    final Executor workers;

    /** For housekeeping, the spool and records, which must not wait for pollers. */
    final Executor maintenance;

    final Executor handlers;
    /** Queues with a backlog of expired items, which would be polled for one by one. */
    final Set<WorkQueue> expiring = ConcurrentHashMap.newKeySet();

    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Iterable<LateListener> listeners;
    /** One permit for each piece of work that runs on an executor. */
    private final Semaphore idle = new Semaphore(Integer.MAX_VALUE);

    /** The engine's clock thread, and what there is to do for it. */
    volatile @Nullable Thread clockThread;

    volatile boolean woken = true;
    volatile boolean hasDeliveries;
    private final Object pauseLock = new Object();
    /** Numbers heartbeats as they begin, and an operator's orders to pause or resume by this node. */
    private int lastNumber;
    /** The latest of them by which it was set whether handlers rest. */
    private int numberObserved;

    private volatile boolean closed;
    private volatile Duration offset = Duration.ZERO;
    /** The time when the clock was compared with the store's last; null before that. */
    private volatile @Nullable Reading compared;
    /** How far a test has moved the time. */
    private volatile long movedNanos;

    EngineContext(
            LateConfig config,
            LateStore store,
            @Nullable SpoolDirectory spool,
            Iterable<LateListener> listeners,
            Clock clock,
            LongSupplier nanoTime,
            Executor workers,
            Executor maintenance,
            Executor handlers) {
        this.config = config;
        this.random = config.random;
        this.store = store;
        this.spool = spool;
        this.listeners = listeners;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.workers = workers;
        this.maintenance = maintenance;
        this.handlers = handlers;
        this.metrics = new EngineMetrics(spool, this::now);
        this.log = log(Duration.ofMinutes(1));
        this.health = new StoreHealth(this);
        this.leases = new ActiveLeases(this);
        this.waits = new RequestWaits(config.maxWaiting, config.longWait);
        claimable.addAll(WorkQueue.CLAIMED);
    }

    /** Returns the name of this process in the store, for people who read the table. */
    private static String node() {
        String host = System.getenv("HOSTNAME");
        String process = "pid " + ProcessHandle.current().pid();
        return host == null ? process : host.substring(0, Math.min(80, host.length())) + " " + process;
    }

    LogThrottle log(Duration interval) {
        return new LogThrottle(nanoTime, interval);
    }

    /** Logs a WARN of this kind at most once a minute, with the number of events that it stands for. */
    void warn(Logger logger, String kind, String line, @Nullable Object... arguments) {
        throttled(logger, false, kind, line, arguments);
    }

    void throttled(Logger logger, boolean isError, String kind, String line, @Nullable Object... arguments) {
        long times = log.count(kind);
        String counted = times > 1 ? line + " (" + times + " times since the last such line)" : line;
        if (times > 0 && isError) {
            logger.error(counted, arguments);
        } else if (times > 0) {
            logger.warn(counted, arguments);
        }
    }

    /** Runs work on an executor; returns false where that rejects it. */
    boolean tryExecute(Executor executor, Runnable work) {
        idle.acquireUninterruptibly();
        try {
            executor.execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException | Error e) {
                    LOG.error("Work of the engine of late results failed; it is tried again", e);
                } finally {
                    idle.release();
                }
            });
            return true;
        } catch (RuntimeException | Error e) {
            idle.release();
            if (!closed) {
                warn(LOG, "rejected work", "The executor rejects work of late results; it is tried again", e);
            }
            return false;
        }
    }

    /** Returns what has work done in the background, one run at a time: the next call tries again where it was rejected. */
    Runnable inBackground(Runnable work) {
        return oneAtATime(task -> tryExecute(maintenance, task), work);
    }

    static Runnable oneAtATime(Predicate<Runnable> executor, Runnable work) {
        AtomicBoolean running = new AtomicBoolean();
        Runnable once = () -> {
            try {
                work.run();
            } finally {
                running.set(false);
            }
        };
        return () -> {
            if (!running.compareAndSet(false, true)) {
                return;
            }
            boolean accepted = false;
            try {
                accepted = executor.test(once);
            } finally {
                // An executor throws where there is no memory for a thread.
                if (!accepted) {
                    running.set(false);
                }
            }
        };
    }

    /** Waits until no work is running on an executor. */
    boolean awaitIdle(Duration timeout) {
        return await(idle, Integer.MAX_VALUE, timeout);
    }

    /** Waits until all permits are free. */
    static boolean await(Semaphore semaphore, int permits, Duration timeout) {
        try {
            if (semaphore.tryAcquire(permits, timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                semaphore.release(permits);
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /** A time, without what a test has moved, and the monotonic time then. */
    private record Reading(Instant time, long nanos) {}

    /**
     * Returns the store's time where the clock of this node is seconds off, else this node's. A clock that was set since it
     * was compared, also while the store was down, counts for nothing until it is compared again.
     */
    Instant now() {
        Reading last = compared;
        Instant shown = clock.instant().plus(offset);
        if (last != null) {
            Instant expected = last.time.plusNanos(nanoTime.getAsLong() - last.nanos);
            boolean wasSet = Duration.between(expected, shown).abs().compareTo(CLOCK_TOLERANCE) > 0;
            shown = wasSet ? expected : shown;
        }
        return shown.plusNanos(movedNanos);
    }

    /** Returns a time that no correction of a clock changes, in nanoseconds. */
    long nanoTime() {
        return nanoTime.getAsLong() + movedNanos;
    }

    /** Lets time pass, for tests. */
    synchronized void advance(Duration time) {
        movedNanos += time.toNanos();
    }

    /** Reads from the store its time, whether handlers rest, and what can be claimed; renews leases. */
    void beat() {
        leases.renew();
        int number;
        synchronized (pauseLock) {
            number = ++lastNumber;
        }
        Instant before = clock.instant();
        long beforeNanos = nanoTime.getAsLong();
        LateStore.Heartbeat beat = store.beat(now());
        Instant stored = beat.time();
        if (stored != null) {
            measureClock(before, beforeNanos, stored);
        }
        synchronized (pauseLock) {
            // What was read before an operator's order, or by a heartbeat that hung, would undo what is newer.
            if (number > numberObserved) {
                numberObserved = number;
                observePaused(beat.paused());
            }
        }
        claimable.addAll(beat.due());
        expired.addAll(beat.expired());
    }

    /**
     * Compares this node's clock with the store's, so that a node with a wrong clock expires nothing early. The
     * store read its time at some moment of the call, so half of what the call took is the error of the measurement.
     */
    private synchronized void measureClock(Instant before, long beforeNanos, Instant stored) {
        Instant after = clock.instant();
        Duration passed = Duration.ofNanos(nanoTime.getAsLong() - beforeNanos);
        Duration shown = Duration.between(before, after);
        // The clock may have been set back meanwhile, and nanoseconds are not counted while a machine sleeps.
        Duration error = (shown.compareTo(passed) > 0 ? shown : passed).dividedBy(2);
        Duration measured = Duration.between(after.minus(error), stored);
        Duration estimated = Duration.between(after, now().minusNanos(movedNanos));
        boolean isSlow = error.compareTo(CLOCK_TOLERANCE) > 0;
        if (isSlow && measured.minus(estimated).abs().compareTo(CLOCK_TOLERANCE.plus(error)) <= 0) {
            // The estimate, also of a clock that was set since, agrees and may be more exact. A slow answer shows
            // minutes all the same.
            return;
        }
        boolean isOff = measured.abs().compareTo(CLOCK_TOLERANCE.plus(error)) > 0;
        offset = isOff ? measured : Duration.ZERO;
        compared = new Reading(clock.instant().plus(offset), nanoTime.getAsLong());
        if (isOff) {
            String line = "The clock of this node is {} s off the database's, whose time is used for late results."
                    + " Set it right";
            warn(LOG, "clock", line, measured.negated().toSeconds());
        }
    }

    /** Claims items for this node. */
    List<Lease> claim(WorkQueue queue, @Nullable String source, boolean expiredOnly, int limit, boolean newestFirst) {
        return store.claim(new LateStore.Claim(
                queue, source, expiredOnly, now(), node, config.lease, limit, MAX_CLAIM_BYTES, newestFirst));
    }

    void duplicate(LateResult result) {
        metrics.add(LateCounter.DUPLICATE);
        notifyEach(listener -> listener.onDuplicate(result.getId(), result.getKind(), result.getOutcome()));
    }

    void failed(String id, LateKind kind, LateOutcome outcome) {
        notifyEach(listener -> listener.onFailure(id, kind, outcome));
    }

    void publish(String id, LateKind kind, @Nullable LateState from, LateState to, @Nullable LateOutcome outcome) {
        notifyEach(listener -> listener.onTransition(id, kind, from, to, outcome));
    }

    /** To be called once the result of an awaited item is recorded, or is not since its lease was lost. */
    void resolved(Lease lease, LateOutcome outcome, boolean isRecorded) {
        if (isRecorded) {
            publish(lease.id(), lease.kind(), LateState.AWAITING, LateState.READY, outcome);
            claimable.add(WorkQueue.DELIVER);
            wake();
        } else {
            metrics.add(LateCounter.STALE);
        }
    }

    private void notifyEach(Consumer<LateListener> call) {
        EventPublisher.notifyEach(
                listeners, call, (listener, e) -> warn(LOG, "listener", "A LateListener failed; delivery goes on", e));
    }

    /** To be called once the store has an operator's order. */
    void setPaused(boolean value) {
        synchronized (pauseLock) {
            numberObserved = ++lastNumber;
            observePaused(value);
        }
    }

    private void observePaused(boolean value) {
        if (isPaused() != value) {
            metrics.observePaused(value);
            LOG.warn(
                    value
                            ? "Late results are paused: callbacks are accepted, handlers rest until they are resumed"
                            : "Late results are resumed");
            wakeDeliveries();
        }
    }

    /** Returns whether handlers rest, on all nodes. */
    boolean isPaused() {
        return metrics.isPaused();
    }

    /** Called where only a result or a free slot is new. */
    void wakeDeliveries() {
        if (!hasDeliveries) {
            hasDeliveries = true;
            LockSupport.unpark(clockThread);
        }
    }

    void wake() {
        woken = true;
        LockSupport.unpark(clockThread);
    }

    void close() {
        closed = true;
        wake();
    }

    boolean isClosed() {
        return closed;
    }
}
