package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.LockedException;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records in groups how calls of the handler ended, again where the store did not take it, and publishes it. Thread-safe. */
final class Settlements {
    private static final Logger LOG = LoggerFactory.getLogger(Settlements.class);

    private static final Duration LOCKED_PAUSE = Duration.ofSeconds(1);

    private final EngineContext context;
    private final Executor executor;
    private final GroupWriter<Settlement, Boolean> writer;
    /** What the store did not take; the leases are renewed until it does. */
    private final Queue<Settlement> unrecorded = new ConcurrentLinkedQueue<>();
    /** What the store could not take, since a handler's own transaction that goes on has its row locked. */
    private final Queue<Settlement> locked = new ConcurrentLinkedQueue<>();

    private final Pause lockedPause;
    /** By item, deliveries in transactions of handlers: each may be committed although a failure was reported. */
    private final Map<String, Settlement.Delivered> begun = new ConcurrentHashMap<>();

    Settlements(EngineContext context) {
        this.context = context;
        this.lockedPause = new Pause(context::nanoTime);
        this.executor = task -> {
            if (!context.tryExecute(context.maintenance, task)) {
                throw new RejectedExecutionException();
            }
        };
        this.writer = GroupWriter.background(
                context.config.settleLinger,
                settlement -> settlement.lease().id(),
                group -> context.store.settle(group, context.now()));
    }

    void record(Settlement settlement) {
        record(settlement, writer.add(settlement, executor));
    }

    /** Records on this thread. */
    void recordNow(Settlement settlement) {
        record(settlement, writer.addHere(settlement));
    }

    private void record(Settlement settlement, CompletableFuture<Boolean> writing) {
        writing.whenComplete((valid, thrown) -> {
            if (thrown != null) {
                notRecorded(settlement, thrown);
            } else if (valid) {
                recorded(settlement, true);
            } else {
                rejected(settlement);
            }
        });
    }

    private void notRecorded(Settlement settlement, Throwable thrown) {
        context.metrics.add(LateCounter.STORE_FAILED);
        context.health.doubtWrites();
        (thrown instanceof LockedException ? locked : unrecorded).add(settlement);
        String line = "It could not be recorded how a call of the handler ended; this is tried again: id={}: {}";
        String id = LogText.sanitize(settlement.lease().id());
        context.warn(LOG, "not recorded", line, id, LogText.sanitize(Deliveries.describe(thrown)));
    }

    /** The lease is also over where this call delivered the item and the answer to its commit was lost. */
    private void rejected(Settlement settlement) {
        Settlement.Delivered delivered;
        try {
            delivered = settlement instanceof Settlement.Delivered own
                    ? (context.store.isDelivered(own) ? own : null)
                    : committed(settlement.lease());
        } catch (RuntimeException e) {
            notRecorded(settlement, e);
            return;
        }
        recorded(delivered == null ? settlement : delivered, delivered != null);
    }

    /** To be called with a delivery before its transaction is committed. */
    void began(Settlement.Delivered delivered) {
        begun.put(delivered.lease().id(), delivered);
        if (!context.leases.contains(delivered.lease())) {
            // The call has ended meanwhile, at its time limit, and nothing else would remove it.
            removeBegun(delivered.lease());
        }
    }

    /** Returns the delivery of this call that the store has; null where its transaction was not committed, or never began. */
    Settlement.@Nullable Delivered committed(Lease lease) {
        Settlement.Delivered delivered = begun.get(lease.id());
        return delivered != null && delivered.lease().fence() == lease.fence() && context.store.isDelivered(delivered)
                ? delivered
                : null;
    }

    private void remove(Lease lease) {
        context.leases.remove(lease);
        removeBegun(lease);
    }

    private void removeBegun(Lease lease) {
        begun.computeIfPresent(
                lease.id(), (id, delivered) -> delivered.lease().fence() == lease.fence() ? null : delivered);
    }

    /** Records what the store did not take before; returns whether it has now taken everything, but for what is locked. */
    boolean recordAgain() {
        if (!locked.isEmpty() && (context.isClosed() || lockedPause.isOver())) {
            lockedPause.begin(LOCKED_PAUSE);
            // Not on this thread, which would wait for each.
            takeEach(locked, this::record);
        }
        takeEach(unrecorded, this::recordNow);
        return unrecorded.isEmpty();
    }

    /** Takes what is in the queue now, and not what the work adds again. */
    private static void takeEach(Queue<Settlement> queue, Consumer<Settlement> work) {
        for (int i = queue.size(); i > 0; i--) {
            Settlement settlement = queue.poll();
            if (settlement != null) {
                work.accept(settlement);
            }
        }
    }

    /** To be called once it is recorded how a call ended, or that its lease had been lost. */
    void recorded(Settlement settlement, boolean valid) {
        Lease lease = settlement.lease();
        remove(lease);
        if (settlement instanceof Settlement.Released) {
            return;
        }
        if (!valid) {
            lost(lease);
            return;
        }
        LateResult result = lease.result();
        LateOutcome outcome = result == null ? null : result.getOutcome();
        if (settlement instanceof Settlement.Failed failed) {
            LateState state = failed.next() == WorkQueue.DEAD ? LateState.DEAD_LETTER : LateState.RETRYING;
            if (failed.failures() > lease.failures() && outcome != null) {
                context.failed(lease.id(), lease.kind(), outcome);
            }
            context.publish(lease.id(), lease.kind(), lease.state(), state, outcome);
            return;
        }
        boolean expired = outcome == LateOutcome.EXPIRED;
        context.metrics.add(expired ? LateCounter.EXPIRED : LateCounter.DELIVERED);
        LOG.info("A result was handed over: id={}, outcome={}", LogText.sanitize(lease.id()), outcome);
        context.publish(
                lease.id(), lease.kind(), lease.state(), expired ? LateState.EXPIRED : LateState.DELIVERED, outcome);
    }

    /** To be called where the lease of a call was lost, so that it has no effect. */
    void lost(Lease lease) {
        remove(lease);
        context.metrics.add(LateCounter.STALE);
        LOG.warn(
                "The handler took longer than its lease, or the item was discarded meanwhile; what it wrote through its"
                        + " transaction was rolled back: id={}",
                LogText.sanitize(lease.id()));
    }
}
