package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.engine.LateConfig.Backoff;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolEntry;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Incoming;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Spools what cannot be stored, and drains the spool when the store works again. */
final class ResultSpool {
    private static final Logger LOG = LoggerFactory.getLogger(ResultSpool.class);
    private static final int BATCH = 100;
    /** After so many failures in a row the store is considered down. */
    private static final int MAX_FAILURES = 3;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

    private final EngineContext context;
    private final Backoff pauses;
    private volatile boolean hasBacklog;

    ResultSpool(EngineContext context) {
        this.context = context;
        this.pauses = new Backoff(FIRST_PAUSE, context.config.deadLetterRetry.longest(), 0.2);
    }

    /** Whether the last {@link #drain} left entries that are due. */
    boolean hasBacklog() {
        return hasBacklog;
    }

    /** Whether the spool holds an item, which must then neither be polled nor expire. */
    boolean holds(String id) {
        return context.spool != null && context.spool.holds(id);
    }

    /** Whether the spool holds the fact that an item was discarded, which is final. */
    boolean holdsDiscard(String id) {
        SpoolDirectory directory = context.spool;
        return directory != null
                && directory.holds(id)
                && directory.find(id).filter(SpoolEntry::isDiscarded).isPresent();
    }

    /** A file channel is closed when the interrupt flag of its thread is set, so that is cleared meanwhile. */
    private AcceptResult write(Function<SpoolDirectory, AcceptResult> put) {
        SpoolDirectory directory = context.spool;
        if (directory == null) {
            return AcceptResult.REFUSED;
        }
        boolean interrupted = Thread.interrupted();
        try {
            AcceptResult outcome = put.apply(directory);
            if (outcome == AcceptResult.SPOOLED) {
                context.metrics.add(LateCounter.SPOOLED);
            }
            return outcome;
        } catch (LateUnavailableException e) {
            String line = "What could not be stored could not be spooled either: {}";
            context.throttled(LOG, true, "unkept", line, e.getMessage(), e.getCause());
            return AcceptResult.REFUSED;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Spools a result that could not be stored; returns false where that failed too. An earlier entry of the item stays,
     * and a different result is logged as such although the store may have it: that is not known here.
     */
    boolean save(LateResult result, StoreException cause) {
        AcceptResult outcome =
                write(directory -> directory.put(new Incoming.Result(result), String.valueOf(cause.getMessage())));
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
    boolean save(Incoming.FailOpen failOpen, StoreException cause) {
        AcceptResult outcome = write(directory -> directory.put(failOpen, String.valueOf(cause.getMessage())));
        if (outcome == AcceptResult.SPOOLED) {
            context.publish(failOpen.item().id(), LateKind.LATE_VERDICT, null, LateState.AWAITING, null);
        }
        return outcome == AcceptResult.SPOOLED;
    }

    /** Drains the entry of one item, so that the store compares a later result with the first one. */
    void drain(String id) {
        SpoolDirectory directory = context.spool;
        if (directory != null && directory.holds(id)) {
            Optional<SpoolEntry> found = directory.find(id);
            if (found.isEmpty() && directory.holds(id)) {
                throw new StoreException("The item's spooled file cannot be read, and is the first", null);
            }
            found.ifPresent(entry -> take(List.of(entry)));
            context.wake();
        }
    }

    /** Drains discards, which must reach the store before anything is delivered. */
    void drainDiscards() {
        SpoolDirectory directory = context.spool;
        if (directory != null) {
            directory.dueDiscards(context.now(), BATCH).forEach(entry -> take(List.of(entry)));
        }
    }

    /**
     * Stores spooled entries. It may be repeated, also by two processes: an entry is deleted after it is
     * stored, and the store accepts a result once.
     */
    void drain() {
        SpoolDirectory directory = context.spool;
        if (directory == null) {
            return;
        }
        Instant now = context.now();
        List<SpoolEntry> due = directory.due(now, BATCH);
        int taken = 0;
        int failed = 0;
        try {
            take(due);
            taken = due.size();
        } catch (RuntimeException e) {
            LOG.debug("Spooled entries are taken one by one, since the store did not take them together", e);
        }
        for (int i = taken; i < due.size() && failed < MAX_FAILURES; i++) {
            SpoolEntry entry = due.get(i);
            try {
                take(List.of(entry));
                taken++;
                failed = 0;
            } catch (RuntimeException e) {
                context.metrics.add(LateCounter.STORE_FAILED);
                directory.failed(
                        entry,
                        String.valueOf(StoreCalls.asStoreException(e).getMessage()),
                        now.plus(pauses.after(entry.attempts() + 1, context.random)));
                failed++;
            }
        }
        hasBacklog = failed < MAX_FAILURES && directory.hasDue(now);
        if (taken > 0) {
            LOG.info("The store has taken entries of the spool: {}", taken);
        }
    }

    /** Stores entries in one transaction, and deletes their files. */
    private void take(List<SpoolEntry> entries) {
        Instant now = context.now();
        int most = context.config.maxUntracked;
        List<Incoming> arrivals = entries.stream().map(SpoolEntry::content).toList();
        List<LateStore.Arrival> outcomes = arrivals.isEmpty() ? List.of() : context.store.takeAll(arrivals, most, now);
        for (int i = 0; i < arrivals.size(); i++) {
            AcceptResult outcome = outcomes.get(i).outcome();
            if (arrivals.get(i) instanceof Incoming.Result result) {
                if (outcome == AcceptResult.REFUSED) {
                    throw new StoreException(
                            "As many results of untracked ids wait as late-max-untracked allows", null);
                }
                if (outcome == AcceptResult.DIFFERENT) {
                    different(result.result());
                }
            } else if (arrivals.get(i) instanceof Incoming.FailOpen failOpen && outcome == AcceptResult.DUPLICATE) {
                // Another node allowed the same token meanwhile. Both items are delivered, and either poll may redeem
                // the token, so a later 409 does not reject this one.
                context.store.take(new Incoming.Track(failOpen.item().asSent()), most, now);
            }
        }
        entries.forEach(entry -> {
            Objects.requireNonNull(context.spool).delete(entry);
            context.metrics.add(LateCounter.DRAINED);
        });
    }

    void different(LateResult result) {
        context.metrics.add(LateCounter.DIFFERENT);
        LOG.warn(
                "A result was acknowledged and changes nothing, since its item has an earlier one or has ended: id={},"
                        + " outcome={}",
                LogText.clean(result.getId()),
                result.getOutcome());
    }
}
