package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolEntry;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.FailOpenRecord;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Spools what cannot be stored, and drains the spool when the store works again. */
final class ResultSpool {
    private static final Logger LOG = LoggerFactory.getLogger(ResultSpool.class);
    private static final int BATCH = 100;
    /** A drain ends after this time, so that a slow store does not delay deliveries and polls. */
    private static final Duration TURN = Duration.ofMillis(250);
    /** After so many failures in a row the store is considered down. */
    private static final int MAX_FAILURES = 3;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

    private final EngineContext context;
    private final Backoff pauses;
    private volatile boolean hasBacklog;

    ResultSpool(EngineContext context) {
        this.context = context;
        Duration longest = context.config.deadLetterRetry.longest();
        this.pauses = new Backoff(FIRST_PAUSE, longest.compareTo(FIRST_PAUSE) < 0 ? FIRST_PAUSE : longest, 0.2);
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
    private AcceptResult uninterrupted(Supplier<AcceptResult> write) {
        boolean interrupted = Thread.interrupted();
        try {
            return write.get();
        } catch (LateUnavailableException e) {
            long count = context.log.count("unkept");
            if (count > 0) {
                LOG.error(
                        "What could not be stored could not be spooled either: {} since the last line; {}",
                        count,
                        e.getMessage(),
                        e.getCause());
            }
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
        SpoolDirectory directory = context.spool;
        if (directory == null) {
            return false;
        }
        AcceptResult outcome = uninterrupted(() -> directory.put(result, String.valueOf(cause.getMessage())));
        if (outcome == AcceptResult.SPOOLED) {
            context.metrics.add(LateCounter.SPOOLED);
            long count = context.log.count("saved");
            if (count > 0) {
                LOG.warn(
                        "Results are spooled in late-dir until the store works: {} since the last line; {}",
                        count,
                        cause.getMessage());
            }
            context.publish(result.getId(), result.getKind(), null, LateState.READY, result.getOutcome());
        } else if (outcome == AcceptResult.DUPLICATE) {
            context.duplicate(result);
        } else if (outcome == AcceptResult.DIFFERENT) {
            different(result, "the spool holds an earlier entry of its item");
        }
        return outcome.isAcknowledged();
    }

    /** Spools a fail-open record that could not be stored; returns false where that failed too. */
    boolean save(FailOpenRecord failOpen, StoreException cause) {
        SpoolDirectory directory = context.spool;
        if (directory == null) {
            return false;
        }
        AcceptResult outcome = uninterrupted(() -> {
            directory.put(failOpen, String.valueOf(cause.getMessage()));
            return AcceptResult.SPOOLED;
        });
        if (outcome == AcceptResult.SPOOLED) {
            context.metrics.add(LateCounter.SPOOLED);
            context.publish(failOpen.item().id(), LateKind.LATE_VERDICT, null, LateState.AWAITING, null);
        }
        return outcome == AcceptResult.SPOOLED;
    }

    /** Drains the entry of one item, so that the store compares a later result with the first one. */
    boolean drain(String id) {
        SpoolDirectory directory = context.spool;
        if (directory != null && directory.holds(id)) {
            Optional<SpoolEntry> found = directory.find(id);
            if (found.isPresent()) {
                take(found.get(), context.now());
                delete(found.get());
                context.wake();
            } else if (directory.holds(id)) {
                throw new StoreException("The item's spooled file cannot be read, and is the first", null);
            }
        }
        return true;
    }

    /** Drains discards, which must reach the store before anything is delivered. */
    void drainDiscards() {
        SpoolDirectory directory = context.spool;
        if (directory != null) {
            for (SpoolEntry entry : directory.dueDiscards(context.now(), BATCH)) {
                take(entry, context.now());
                delete(entry);
            }
        }
    }

    /**
     * Stores spooled entries; returns how many. It may be repeated, also by two processes: an entry is deleted after it is
     * stored, and the store accepts a result once.
     */
    int drain() {
        SpoolDirectory directory = context.spool;
        if (directory == null) {
            return 0;
        }
        Instant now = context.now();
        List<SpoolEntry> due = new ArrayList<>(directory.due(now, BATCH));
        hasBacklog = directory.hasBacklog();
        int taken = takeFailOpen(due, now);
        int failed = 0;
        // Measured after reading, and after at least one entry, so that each drain makes progress.
        Instant begun = context.now();
        for (int i = 0; i < due.size() && failed < MAX_FAILURES; i++) {
            if (i > 0 && !context.now().isBefore(begun.plus(TURN))) {
                hasBacklog = true;
                break;
            }
            SpoolEntry entry = due.get(i);
            try {
                take(entry, now);
                delete(entry);
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
        hasBacklog &= failed < MAX_FAILURES;
        if (taken > 0) {
            LOG.info("The store has taken entries of the spool: {}", taken);
        }
        return taken;
    }

    /** Stores all fail-open records in one transaction, since they expire soon, and removes them from the list. */
    private int takeFailOpen(List<SpoolEntry> due, Instant now) {
        List<SpoolEntry> entries = new ArrayList<>();
        List<FailOpenRecord> records = new ArrayList<>();
        for (SpoolEntry entry : due) {
            FailOpenRecord failOpen = entry.failOpen();
            if (failOpen != null) {
                entries.add(entry);
                records.add(failOpen);
            }
        }
        if (records.size() < 2) {
            return 0;
        }
        try {
            List<Incoming> arrivals =
                    records.stream().<Incoming>map(Incoming.FailOpen::new).toList();
            List<LateStore.Arrival> outcomes = context.store.takeAll(arrivals, context.config.maxUntracked, now);
            for (int i = 0; i < records.size(); i++) {
                tracked(records.get(i), outcomes.get(i).outcome(), now);
                SpoolEntry tracked = entries.get(i);
                delete(tracked);
                // By identity: a record's generated equals would pin the application's class loader.
                due.removeIf(entry -> entry == tracked);
            }
            return records.size();
        } catch (RuntimeException e) {
            LOG.debug("Fail-open records are taken one by one, since the store did not take them together", e);
            return 0;
        }
    }

    private void tracked(FailOpenRecord failOpen, AcceptResult outcome, Instant now) {
        if (outcome == AcceptResult.DUPLICATE) {
            // Another node allowed the same token meanwhile. Both items are delivered, and either poll may redeem the
            // token, so a later 409 does not reject this one.
            context.store.take(new Incoming.Track(failOpen.item().asSent()), context.config.maxUntracked, now);
        }
    }

    private void delete(SpoolEntry entry) {
        SpoolDirectory directory = context.spool;
        if (directory != null) {
            directory.delete(entry);
            context.metrics.add(LateCounter.DRAINED);
        }
    }

    private void take(SpoolEntry entry, Instant now) {
        FailOpenRecord failOpen = entry.failOpen();
        LateResult result = entry.result();
        if (failOpen != null) {
            tracked(
                    failOpen,
                    context.store
                            .take(new Incoming.FailOpen(failOpen), context.config.maxUntracked, now)
                            .outcome(),
                    now);
        } else if (result != null) {
            AcceptResult outcome = context.store.accept(result, context.config.maxUntracked, now);
            if (outcome == AcceptResult.REFUSED) {
                throw new StoreException("As many results of untracked ids wait as late-max-untracked allows", null);
            }
            if (outcome == AcceptResult.DIFFERENT) {
                different(result);
            }
        } else {
            context.store.ensureDiscarded(entry.id(), entry.kind(), now.plus(context.config.retention), now);
        }
    }

    void different(LateResult result) {
        different(result, "its item has another result or has ended");
    }

    private void different(LateResult result, String reason) {
        context.metrics.add(LateCounter.DIFFERENT);
        LOG.warn(
                "A result was acknowledged and changes nothing, since {}: id={}, outcome={}",
                reason,
                LogText.clean(result.getId()),
                result.getOutcome());
    }
}
