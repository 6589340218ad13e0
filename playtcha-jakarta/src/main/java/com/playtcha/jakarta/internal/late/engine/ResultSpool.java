package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.engine.LateConfig.Backoff;
import com.playtcha.jakarta.internal.late.engine.RequestWaits.Wait;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolEntry;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.LockedException;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.threads.WorkerPool;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spools what cannot be stored, and drains the spool when the store works again. Only own threads and workers use the disk,
 * so that one that hangs holds up neither requests nor deliveries. Thread-safe.
 */
final class ResultSpool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ResultSpool.class);
    private static final int BATCH = 100;

    /** The longest is short, since a store that has no room left on its disk may still take others. */
    private static final Backoff PAUSES = new Backoff(Duration.ofSeconds(5), Duration.ofSeconds(10), 0.2);
    /** How soon the store is offered again what it had no room for. */
    private static final Duration NO_ROOM_PAUSE = Duration.ofSeconds(2);
    /** While a write takes longer than this, the disk is considered hung, and no other write waits for it. */
    private static final long HUNG_NANOS = Duration.ofSeconds(1).toNanos();

    private static final long IDLE = Long.MIN_VALUE;
    /** A node that is not ready gets no callbacks, which would show that the disk works again. */
    private static final Duration REFUSED = Duration.ofMinutes(1);

    private final EngineContext context;
    private final WorkerPool disk = new WorkerPool(
            new DaemonThreads("late-spool", Thread.currentThread().getContextClassLoader()),
            1,
            StoreCalls.WAITING,
            StoreCalls.IDLE);
    /** When the operation under way on the disk's thread began, by the monotonic clock. */
    private volatile long diskBusySince = IDLE;

    /** After the disk refused a write, until it takes one, or long enough that it has to be tried again. */
    private final Pause refused;

    private final Runnable drain;

    ResultSpool(EngineContext context) {
        this.context = context;
        this.refused = new Pause(context::nanoTime);
        this.drain = context.inBackground(this::drainAll);
    }

    /** Whether the spool holds an item, which must then neither be polled nor expire. */
    boolean contains(String id) {
        return context.spool != null && context.spool.contains(id);
    }

    /** Whether the spool holds the fact that an item was discarded, which is final. */
    boolean containsDiscard(String id) {
        return context.spool != null && context.spool.containsDiscard(id);
    }

    /** Runs an operation on the disk's thread, and waits for it, at most for what is left of the wait. */
    private <T> T onDisk(Wait wait, Function<SpoolDirectory, T> operation) {
        SpoolDirectory directory = context.spool;
        if (directory == null) {
            throw new StoreException("There is no spool, since late-dir is not set", null);
        }
        if (context.isClosed()) {
            return onThisThread(directory, operation);
        }
        long since = diskBusySince;
        if (isHung(since)) {
            Duration hung = Duration.ofNanos(System.nanoTime() - since);
            throw new StoreException("The disk of late-dir has not ended a write for " + hung.toSeconds() + " s", null);
        }
        return wait.await(
                StoreCalls.submit(disk, () -> {
                    diskBusySince = System.nanoTime();
                    try {
                        return operation.apply(directory);
                    } finally {
                        diskBusySince = IDLE;
                    }
                }),
                context.config.callbackTimeout);
    }

    /**
     * The disk's thread has ended, but a server may still be answering requests. A file channel is closed when the interrupt
     * flag of its thread is set, so that is cleared meanwhile.
     */
    private static <T> T onThisThread(SpoolDirectory directory, Function<SpoolDirectory, T> operation) {
        boolean interrupted = Thread.interrupted();
        try {
            return operation.apply(directory);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns whether the spool has room, and its disk neither refused the last write nor hangs. */
    boolean canKeep() {
        SpoolDirectory directory = context.spool;
        return directory != null && directory.percentFull() < 100 && refused.isOver() && !isHung(diskBusySince);
    }

    private static boolean isHung(long since) {
        return since != IDLE && System.nanoTime() - since > HUNG_NANOS;
    }

    private static boolean isOfDisk(@Nullable Throwable thrown) {
        return thrown != null && (thrown instanceof IOException || isOfDisk(thrown.getCause()));
    }

    private AcceptResult write(Arrival arrival, StoreException cause, Wait wait) {
        if (context.spool == null) {
            return AcceptResult.REFUSED;
        }
        try {
            AcceptResult outcome =
                    onDisk(wait, directory -> directory.put(arrival, String.valueOf(cause.getMessage())));
            refused.begin(Duration.ZERO);
            if (outcome == AcceptResult.SPOOLED) {
                context.metrics.add(LateCounter.SPOOLED);
            }
            return outcome;
        } catch (LateUnavailableException e) {
            // The disk may still write what took too long, so that is no loss, and a stack would not say where it
            // waited.
            boolean isLate = e.getCause() instanceof TimeoutException;
            if (isOfDisk(e)) {
                refused.begin(REFUSED);
            }
            String line = isLate
                    ? "What could not be stored in time was not spooled in time either, though it may still be: {}"
                    : "What could not be stored could not be spooled either: {}";
            context.throttled(LOG, true, "unkept", line, e.getMessage(), isLate ? null : e.getCause());
            return AcceptResult.REFUSED;
        }
    }

    /** As {@link #save(LateResult, StoreException, Wait)}, on a thread that no request needs. */
    boolean save(LateResult result, StoreException cause) {
        try (Wait wait = context.waits.beginUncounted(context.config.storeTimeout)) {
            return save(result, cause, wait);
        }
    }

    /**
     * Spools a result that could not be stored; returns false where that failed too. An earlier entry of the item stays,
     * and a different result is logged as such although the store may have it, which cannot be told here.
     */
    boolean save(LateResult result, StoreException cause, Wait wait) {
        AcceptResult outcome = write(new Arrival.Result(result), cause, wait);
        if (outcome == AcceptResult.SPOOLED) {
            context.warn(LOG, "saved", "Results are spooled in late-dir until the store works: {}", cause.getMessage());
            context.publish(result.getId(), result.getKind(), null, LateState.READY, result.getOutcome());
        } else if (outcome == AcceptResult.DUPLICATE) {
            context.duplicate(result);
        } else if (outcome == AcceptResult.DIFFERENT) {
            different(result);
        }
        return outcome.isAcknowledged();
    }

    /** Spools a fail-open record that could not be stored; returns false where that failed too. */
    boolean save(Arrival.FailOpen failOpen, StoreException cause, Wait wait) {
        AcceptResult outcome = write(failOpen, cause, wait);
        if (outcome == AcceptResult.SPOOLED) {
            context.publish(failOpen.item().id(), LateKind.LATE_VERDICT, null, LateState.AWAITING, null);
        }
        return outcome == AcceptResult.SPOOLED;
    }

    /** Returns the entry of an item, so that the store gets it before a later result; empty where there is none. */
    Optional<SpoolEntry> find(String id, Wait wait) {
        Optional<SpoolEntry> found = contains(id) ? onDisk(wait, directory -> directory.find(id)) : Optional.empty();
        if (found.isEmpty() && contains(id)) {
            throw new StoreException("The item's spooled file cannot be read, and is the first", null);
        }
        return found;
    }

    /** Drains what is due, on a worker. Discards are first, since they must reach the store before anything is delivered. */
    void drainIfDue() {
        SpoolDirectory directory = context.spool;
        if (directory != null && directory.isDue(context.now())) {
            drain.run();
        }
    }

    private void drainAll() {
        SpoolDirectory directory = Objects.requireNonNull(context.spool);
        boolean hasMore = true;
        while (hasMore && !context.isClosed()) {
            hasMore = drain(directory) && directory.hasDue(context.now());
        }
    }

    /**
     * Stores a batch of spooled entries, and returns whether the store took any. It may be repeated, also by two processes: an
     * entry is deleted after it is stored, and the store accepts a result once.
     */
    private boolean drain(SpoolDirectory directory) {
        List<SpoolEntry> due = directory.due(context.now(), BATCH);
        int failures = 0;
        int taken = 0;
        try {
            taken = take(due);
        } catch (StoreException e) {
            LOG.debug("Spooled entries are taken one by one, since the store did not take them together", e);
            for (int i = 0; i < due.size() && failures < StoreHealth.MAX_FAILURES; i++) {
                SpoolEntry entry = due.get(i);
                try {
                    taken += take(List.of(entry));
                    failures = 0;
                } catch (LockedException locked) {
                    directory.postpone(entry, context.now(), NO_ROOM_PAUSE);
                } catch (StoreException failure) {
                    context.metrics.add(LateCounter.STORE_FAILED);
                    context.health.doubtWrites();
                    Duration pause = PAUSES.after(entry.attempts() + 1, context.random);
                    directory.failed(entry, String.valueOf(failure.getMessage()), context.now(), pause);
                    failures++;
                }
            }
        }
        if (taken > 0) {
            LOG.info("The store has taken entries of the spool: {}", taken);
            context.claimable.add(WorkQueue.DELIVER);
            context.wakeDeliveries();
        }
        return taken > 0 && failures < StoreHealth.MAX_FAILURES;
    }

    /** Stores entries in one transaction, deletes the files of those that were taken, and returns their number. */
    private int take(List<SpoolEntry> entries) {
        List<Arrival> arrivals =
                entries.stream().map(entry -> remembered(entry.content())).toList();
        List<LateStore.@Nullable AcceptOutcome> outcomes = arrivals.isEmpty() ? List.of() : takeAll(arrivals);
        int taken = 0;
        for (int i = 0; i < outcomes.size(); i++) {
            SpoolEntry entry = entries.get(i);
            LateStore.AcceptOutcome accepted = outcomes.get(i);
            if (accepted == null) {
                // It is still due.
                continue;
            }
            AcceptResult outcome = accepted.outcome();
            repeatedPass(entry, outcome).ifPresent(track -> takeAll(List.of(track)));
            taken += taken(entry, outcome) ? 1 : 0;
        }
        return taken;
    }

    /**
     * A discard is remembered from when the store has it, since the application may have been down for longer; and the command,
     * which may have spooled it, does not know {@code late-retention}.
     */
    private Arrival remembered(Arrival arrival) {
        return arrival instanceof Arrival.Discard discard
                ? new Arrival.Discard(
                        discard.id(), discard.kind(), context.now().plus(context.config.retention))
                : arrival;
    }

    /**
     * Returns what the store has to take too, where another node allowed the token of a spooled record meanwhile: both items
     * are delivered, and either poll may redeem the token, so a later 409 does not reject this one.
     */
    static Optional<Arrival> repeatedPass(SpoolEntry entry, AcceptResult outcome) {
        return entry.content() instanceof Arrival.FailOpen failOpen && outcome == AcceptResult.DUPLICATE
                ? Optional.of(new Arrival.Track(failOpen.item().asSent()))
                : Optional.empty();
    }

    private List<LateStore.@Nullable AcceptOutcome> takeAll(List<Arrival> arrivals) {
        try {
            return context.store.takeAll(arrivals, context.config.maxUntracked, context.now());
        } catch (RuntimeException e) {
            throw StoreCalls.asStoreException(e);
        }
    }

    /** As {@link #taken}, for a request. */
    boolean deleteTaken(SpoolEntry entry, AcceptResult outcome, Wait wait) {
        return onDisk(wait, directory -> taken(entry, outcome));
    }

    /** Deletes an entry's file where the store has it, which is returned. */
    private boolean taken(SpoolEntry entry, AcceptResult outcome) {
        SpoolDirectory directory = Objects.requireNonNull(context.spool);
        if (outcome == AcceptResult.REFUSED) {
            // There is no room for untracked ids, which is no failure; it is tried again soon, however often that was.
            directory.postpone(entry, context.now(), NO_ROOM_PAUSE);
            return false;
        }
        if (entry.content() instanceof Arrival.Result result && outcome == AcceptResult.DIFFERENT) {
            different(result.result());
        }
        try {
            directory.delete(entry);
        } catch (LateUnavailableException e) {
            directory.postpone(entry, context.now(), context.config.deadLetterRetry.first());
            context.warn(
                    LOG, "undeleted", "{}; the store has its content, and takes it again later", e.getMessage(), e);
            return false;
        }
        context.metrics.add(LateCounter.DRAINED);
        return true;
    }

    @Override
    public void close() {
        disk.stop();
        if (disk.awaitEnd(context.config.storeTimeout) > 0) {
            LOG.warn("A thread is still waiting for the disk of late-dir");
        }
    }

    void different(LateResult result) {
        context.metrics.add(LateCounter.DIFFERENT);
        LOG.warn(
                "A result was acknowledged and changes nothing, since its item has an earlier one or has ended: id={},"
                        + " outcome={}",
                LogText.sanitize(result.getId()),
                result.getOutcome());
    }
}
