package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.gate.FailOpenTracker;
import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.engine.RequestWaits.TooManyWaitsException;
import com.playtcha.jakarta.internal.late.engine.RequestWaits.Wait;
import com.playtcha.jakarta.internal.late.spool.SpoolEntry;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateTasks;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts what requests bring: fail-open records, tasks, results. Each call takes a bounded time. Thread-safe. */
public final class LateInbox implements LateTasks, FailOpenTracker {
    /** Of a task's result, in UTF-8 (contract, section 7). */
    public static final int MAX_CODE_BYTES = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(LateInbox.class);
    private static final String DEFERRAL = "late-";
    /** Not empty, since some databases treat an empty text as null. */
    private static final String TASKS = "tasks";

    private final EngineContext context;
    private final StoreCalls calls;
    private final ResultSpool spool;
    private final boolean polls;
    private final Semaphore tracking;

    LateInbox(EngineContext context, StoreCalls calls, ResultSpool spool, boolean polls) {
        this.context = context;
        this.calls = calls;
        this.spool = spool;
        this.polls = polls;
        this.tracking = new Semaphore(context.config.trackQueue);
    }

    @Override
    public TrackResult track(String source, String project, String token, Duration age, boolean sent) {
        Instant now = context.now();
        Instant arrivedAt = now.minus(age);
        Instant expiresAt = arrivedAt.plus(LateConfig.TOKEN_LIFETIME);
        Duration first = context.config.firstVerdictPoll;
        Instant due = now.plus(first).plusMillis((long) (first.toMillis() * context.random.nextDouble()));
        byte[] random = new byte[16];
        context.config.ids.nextBytes(random);
        String id = DEFERRAL + HexFormat.of().formatHex(random);
        NewItem item = new NewItem(
                id,
                LateKind.LATE_VERDICT,
                source,
                token,
                sent,
                arrivedAt,
                due.isAfter(expiresAt) ? expiresAt : due,
                expiresAt);
        // Counted from now, which may be long after the request arrived, as with a slow body.
        Instant grantedUntil = now.plus(Arrival.FailOpen.GRANT);
        AcceptResult outcome = track(new Arrival.FailOpen(item, Ids.digest(project, token), grantedUntil));
        return new TrackResult(outcome == AcceptResult.DUPLICATE, outcome == AcceptResult.STORED ? id : null);
    }

    /** Waits a bounded time, half of it for the store, the rest for the spool: STORED, DUPLICATE or REFUSED. */
    private AcceptResult track(Arrival.FailOpen failOpen) {
        if (!tracking.tryAcquire()) {
            return untracked("the queue is full");
        }
        try (Wait wait = context.waits.beginUncounted(context.config.trackTimeout)) {
            return track(failOpen, wait);
        } finally {
            tracking.release();
        }
    }

    private AcceptResult track(Arrival.FailOpen failOpen, Wait wait) {
        // If the store keeps a record after its time, the spooled one changes nothing, since the ids are the same.
        Duration limit = context.config.trackTimeout.dividedBy(context.spool == null ? 1 : 2);
        try {
            AcceptResult outcome = calls.take(failOpen, wait, limit).outcome();
            if (outcome == AcceptResult.DUPLICATE) {
                context.metrics.add(LateCounter.REPEATED);
                return outcome;
            }
            context.publish(failOpen.id(), LateKind.LATE_VERDICT, null, LateState.AWAITING, null);
        } catch (StoreException e) {
            try {
                if (Thread.currentThread().isInterrupted() || !spool.save(failOpen, e, wait)) {
                    return untracked(String.valueOf(e.getMessage()));
                }
            } catch (RuntimeException | LinkageError failure) {
                // A stopped class loader loads no class any more.
                return untracked("it could not be spooled in time: " + failure.getMessage());
            }
        }
        context.metrics.add(LateCounter.TRACKED);
        return AcceptResult.STORED;
    }

    private AcceptResult untracked(String why) {
        context.metrics.add(LateCounter.UNTRACKED);
        context.warn(LOG, "untracked", "A request was allowed unverified without a deferral id: {}", why);
        return AcceptResult.REFUSED;
    }

    @Override
    public LateItem track(String id) {
        Ids.requireValid(id);
        Instant now = context.now();
        LateStore.AcceptOutcome tracked;
        try (Wait wait = context.waits.begin(context.config.storeTimeout)) {
            Arrival.Track arrival = new Arrival.Track(task(id, now, context.config.firstPoll));
            tracked = calls.take(arrival, wait, context.config.storeTimeout);
        }
        if (tracked.before() == null) {
            context.metrics.add(LateCounter.TRACKED);
            context.publish(id, LateKind.TASK, null, LateState.AWAITING, null);
        }
        return Objects.requireNonNull(tracked.item());
    }

    @Override
    public LateItem track(String id, Connection connection) {
        Ids.requireValid(id);
        Instant now = context.now();
        LateItem item = context.store.track(task(id, now, context.config.firstPoll), connection, now);
        context.metrics.add(LateCounter.TRACKED);
        return item;
    }

    private NewItem task(String id, Instant now, Duration firstPoll) {
        Instant expiresAt = now.plus(context.config.pollExpiry);
        Instant due = polls ? now.plus(firstPoll) : expiresAt;
        return new NewItem(
                id, LateKind.TASK, TASKS, null, false, now, due.isAfter(expiresAt) ? expiresAt : due, expiresAt);
    }

    @Override
    public Optional<LateItem> find(String id) {
        if (!Ids.isValid(id)) {
            return Optional.empty();
        }
        try (Wait wait = context.waits.begin(context.config.storeTimeout)) {
            return calls.call(() -> context.store.find(id), wait);
        }
    }

    /**
     * Stores the result of a task, or spools it while the store is down. Only the store decides whether it is the first
     * result: while the store is down, the answer is {@code SPOOLED} whatever the spool holds, since the store may
     * have a result that came before.
     *
     * @throws IllegalArgumentException where the id is blank or too long, or the result has more than 64 KiB in UTF-8
     * @throws com.playtcha.jakarta.late.LateUnavailableException where too many callbacks wait already
     */
    public AcceptResult accept(String id, String code) {
        Ids.requireValid(id);
        if (code.length() > MAX_CODE_BYTES || code.getBytes(StandardCharsets.UTF_8).length > MAX_CODE_BYTES) {
            throw new IllegalArgumentException("a result has at most " + MAX_CODE_BYTES + " bytes");
        }
        Instant now = context.now();
        LateResult result = LateResult.of(id, LateKind.TASK, LateOutcome.COMPLETED, now)
                .code(code)
                .build();
        if (spool.containsDiscard(id)) {
            context.duplicate(result);
            return AcceptResult.DUPLICATE;
        }
        return whereFewWait(wait -> accept(result, wait));
    }

    /** Does the work of a callback, unless too many wait. */
    private AcceptResult whereFewWait(Function<Wait, AcceptResult> work) {
        try (Wait wait = context.waits.begin(context.config.callbackTimeout)) {
            return work.apply(wait);
        } catch (TooManyWaitsException e) {
            context.metrics.add(LateCounter.REFUSED);
            throw e;
        }
    }

    private AcceptResult accept(LateResult result, Wait wait) {
        AcceptResult outcome;
        try {
            drainEarlier(result.getId(), wait);
            LateStore.AcceptOutcome accepted =
                    calls.take(new Arrival.Result(result), wait, context.config.acceptTimeout);
            outcome = accepted.outcome();
            if (outcome == AcceptResult.STORED) {
                context.metrics.add(LateCounter.ACCEPTED);
                context.publish(result.getId(), LateKind.TASK, accepted.before(), LateState.READY, result.getOutcome());
                context.wakeDeliveries();
            }
        } catch (StoreException e) {
            return spool(result, e, wait);
        }
        if (outcome == AcceptResult.DUPLICATE) {
            context.duplicate(result);
        } else if (outcome == AcceptResult.DIFFERENT) {
            spool.different(result);
        } else if (outcome == AcceptResult.REFUSED) {
            String why = "As many results of untracked ids wait as late-max-untracked allows: ";
            return spool(result, new StoreException(why + context.config.maxUntracked, null), wait);
        }
        return outcome;
    }

    /** Gives the store what the spool has of this item, so that the store compares a later result with the first one. */
    private void drainEarlier(String id, Wait wait) {
        Optional<SpoolEntry> earlier = spool.find(id, wait);
        if (earlier.isPresent()) {
            SpoolEntry entry = earlier.get();
            Duration limit = context.config.acceptTimeout;
            AcceptResult outcome = calls.take(entry.content(), wait, limit).outcome();
            ResultSpool.repeatedPass(entry, outcome).ifPresent(track -> calls.take(track, wait, limit));
            if (!spool.deleteTaken(entry, outcome, wait)) {
                throw new StoreException("An earlier result of the item is spooled and could not be stored", null);
            }
            context.wakeDeliveries();
        }
    }

    private AcceptResult spool(LateResult result, StoreException cause, Wait wait) {
        return spool.save(result, cause, wait)
                ? AcceptResult.SPOOLED
                : refused(result.getId(), String.valueOf(cause.getMessage()));
    }

    private AcceptResult refused(String id, String why) {
        context.metrics.add(LateCounter.REFUSED);
        String line = "A result was refused, since nothing can keep it: id={}: {}";
        context.throttled(LOG, true, "refused", line, LogText.sanitize(id), LogText.sanitize(why));
        return AcceptResult.REFUSED;
    }

    /** Returns whether tasks can be polled. */
    public boolean canPoll() {
        return polls;
    }

    /** Makes a task due at once, since the service reported a result: STORED, DUPLICATE or REFUSED. */
    public AcceptResult pollNow(String id) {
        Ids.requireValid(id);
        Arrival.PollNow arrival = new Arrival.PollNow(task(id, context.now(), Duration.ZERO));
        return whereFewWait(wait -> pollNow(arrival, wait));
    }

    private AcceptResult pollNow(Arrival.PollNow arrival, Wait wait) {
        try {
            AcceptResult outcome =
                    calls.take(arrival, wait, context.config.callbackTimeout).outcome();
            if (outcome == AcceptResult.STORED) {
                context.claimable.add(WorkQueue.TASK_POLL);
                context.wake();
            }
            return outcome == AcceptResult.REFUSED ? refused(arrival.id(), "too many untracked ids") : outcome;
        } catch (StoreException e) {
            return refused(arrival.id(), String.valueOf(e.getMessage()));
        }
    }
}
