package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.gate.FailOpenTracker;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.FailOpenRecord;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.Incoming;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateTasks;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts what requests bring: fail-open records, tasks, results. Each call takes a bounded time. Thread-safe. */
public final class LateInbox implements LateTasks, FailOpenTracker {
    private static final Logger LOG = LoggerFactory.getLogger(LateInbox.class);
    private static final String DEFERRAL = "late-";
    /** Not empty, since some databases treat an empty text as null. */
    private static final String TASKS = "tasks";

    private final EngineContext context;
    private final StoreCalls calls;
    private final ResultSpool spool;
    private final FailOpenWriter failOpen;
    private final boolean polls;
    private final SecureRandom ids = new SecureRandom();

    LateInbox(EngineContext context, StoreCalls calls, ResultSpool spool, FailOpenWriter failOpen, boolean polls) {
        this.context = context;
        this.calls = calls;
        this.spool = spool;
        this.failOpen = failOpen;
        this.polls = polls;
    }

    @Override
    public TrackResult track(String source, String project, String token, Duration age, boolean sent) {
        Instant now = context.now();
        Instant arrivedAt = now.minus(age);
        Instant expiresAt = arrivedAt.plus(LateConfig.TOKEN_LIFETIME);
        Duration first = context.config.firstVerdictPoll;
        Instant due = now.plus(first).plusMillis((long) (first.toMillis() * context.random.nextDouble()));
        byte[] random = new byte[16];
        ids.nextBytes(random);
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
        Instant grantedUntil = now.plus(LateConfig.TOKEN_LIFETIME);
        AcceptResult outcome = failOpen.write(new FailOpenRecord(item, Ids.digest(project, token), grantedUntil));
        return new TrackResult(outcome == AcceptResult.DUPLICATE, outcome == AcceptResult.STORED ? id : null);
    }

    @Override
    public LateItem track(String id) {
        Ids.requireValid(id);
        Instant now = context.now();
        LateStore.Arrival tracked = calls.take(new Incoming.Track(task(id, now, context.config.firstPoll)));
        if (tracked.before() == null) {
            context.metrics.add(LateCounter.TRACKED);
            context.publish(id, LateKind.TASK, null, LateState.AWAITING, null);
        }
        return Objects.requireNonNull(tracked.item());
    }

    private NewItem task(String id, Instant now, Duration firstPoll) {
        Instant expiresAt = now.plus(context.config.pollExpiry);
        Instant due = polls ? now.plus(firstPoll) : expiresAt;
        return new NewItem(
                id, LateKind.TASK, TASKS, null, false, now, due.isAfter(expiresAt) ? expiresAt : due, expiresAt);
    }

    @Override
    public Optional<LateItem> find(String id) {
        return Ids.isValid(id) ? calls.call(() -> context.store.find(id)) : Optional.empty();
    }

    /**
     * Stores the result of a task, or spools it while the store is down. Only the store decides whether it is the first
     * result: while the store is down, the answer is {@code SPOOLED} whatever the spool holds, since the store may
     * have a result that came before.
     *
     * @throws IllegalArgumentException where the id is blank or too long, or the result has more than 64 KiB in UTF-8
     */
    public AcceptResult accept(String id, String code) {
        Ids.requireValid(id);
        requireFits(code);
        Instant now = context.now();
        LateResult result = LateResult.of(id, LateKind.TASK, LateOutcome.COMPLETED, now)
                .code(code)
                .build();
        if (spool.holdsDiscard(id)) {
            context.duplicate(result);
            return AcceptResult.DUPLICATE;
        }
        LateStore.Arrival arrival;
        try {
            if (spool.holds(id)) {
                calls.call(() -> spool.drain(id));
            }
            arrival = calls.take(new Incoming.Result(result));
        } catch (StoreException e) {
            return spool(result, e);
        }
        return switch (arrival.outcome()) {
            case STORED -> {
                context.metrics.add(LateCounter.ACCEPTED);
                context.publish(id, LateKind.TASK, arrival.before(), LateState.READY, result.getOutcome());
                context.wakeDeliveries();
                yield AcceptResult.STORED;
            }
            case DUPLICATE -> {
                context.duplicate(result);
                yield AcceptResult.DUPLICATE;
            }
            case DIFFERENT -> {
                spool.different(result);
                yield AcceptResult.DIFFERENT;
            }
            case REFUSED, SPOOLED ->
                spool(
                        result,
                        new StoreException(
                                "As many results of untracked ids wait as late-max-untracked allows: "
                                        + context.config.maxUntracked,
                                null));
        };
    }

    private AcceptResult spool(LateResult result, StoreException cause) {
        return spool.save(result, cause)
                ? AcceptResult.SPOOLED
                : refused(result.getId(), String.valueOf(cause.getMessage()));
    }

    private void requireFits(String code) {
        int most = LateConfig.MAX_CODE_BYTES;
        if (code.length() > most || code.getBytes(StandardCharsets.UTF_8).length > most) {
            throw new IllegalArgumentException("a result has at most " + most + " bytes");
        }
    }

    private AcceptResult refused(String id, String why) {
        context.metrics.add(LateCounter.REFUSED);
        long times = context.log.count("refused");
        if (times > 0) {
            LOG.error(
                    "Results are refused, since nothing can keep them: {} since the last such line, the last id={}: {}",
                    times,
                    LogText.clean(id),
                    LogText.clean(why));
        }
        return AcceptResult.REFUSED;
    }

    /** Returns whether tasks can be polled. */
    public boolean canPoll() {
        return polls;
    }

    /** Makes a task due at once, since the service reported a result: STORED, DUPLICATE or REFUSED. */
    public AcceptResult pollNow(String id) {
        Ids.requireValid(id);
        if (!polls) {
            throw new IllegalStateException("there is no poller");
        }
        Instant now = context.now();
        try {
            AcceptResult outcome = calls.take(new Incoming.PollNow(task(id, now, Duration.ZERO)))
                    .outcome();
            if (outcome == AcceptResult.STORED) {
                context.wake();
                return AcceptResult.STORED;
            }
            return outcome == AcceptResult.REFUSED ? refused(id, "too many untracked ids") : AcceptResult.DUPLICATE;
        } catch (StoreException e) {
            return refused(id, String.valueOf(e.getMessage()));
        }
    }
}
