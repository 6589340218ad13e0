package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.Acceptance;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.late.store.NewPass;
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
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What requests bring: unverified passes, tasks, results. Each call takes a bounded time. Thread-safe. */
public final class LateInbox implements LateTasks {
    private static final Logger LOG = LoggerFactory.getLogger(LateInbox.class);
    private static final String DEFERRAL = "late-";
    /** Not empty: there are databases to which an empty text is none. */
    private static final String TASKS = "tasks";

    private final Parts parts;
    private final StoreCalls calls;
    private final Letters letters;
    private final PassWriter passes;
    private final boolean polls;
    private final SecureRandom ids = new SecureRandom();

    LateInbox(Parts parts, StoreCalls calls, Letters letters, PassWriter passes, boolean polls) {
        this.parts = parts;
        this.calls = calls;
        this.letters = letters;
        this.passes = passes;
        this.polls = polls;
    }

    /**
     * Tracks a request that is about to be let through unverified (contract, section 7).
     *
     * @param source under which the engine knows whom to ask, up to 200 characters: the guard's name
     * @param project digest of base URL and secret, the same on all nodes
     * @param token of the request
     * @param arrivedAt when the request arrived: its token ends five minutes later
     * @param sent whether the attempt in the request had begun to write
     * @return what came of it; never throws for trouble of the store's
     */
    public Deferral trackUnverified(String source, String project, String token, Instant arrivedAt, boolean sent) {
        Instant now = parts.now();
        Instant expiresAt = arrivedAt.plus(parts.config.verdictLife);
        Duration first = parts.config.firstAsk;
        Instant due = now.plus(first).plusMillis((long) (first.toMillis() * parts.random.nextDouble()));
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
        // From the pass on, which may come long after the request did: a body that was slow, a question that timed out.
        Instant grantedUntil = now.plus(parts.config.verdictLife);
        Deferral.Outcome outcome = passes.write(new NewPass(item, Ids.digest(project, token), grantedUntil));
        return new Deferral(outcome, outcome == Deferral.Outcome.TRACKED ? id : null);
    }

    @Override
    public LateItem track(String id) {
        Ids.requireValid(id);
        Instant now = parts.now();
        LateStore.Tracked tracked = calls.call(() -> parts.store.track(task(id, now, parts.config.firstPoll), now));
        if (tracked.isNew()) {
            parts.stats.add(LateCount.TRACKED);
            parts.teller.tell(id, LateKind.TASK, null, LateState.AWAITING, null);
        }
        return tracked.item();
    }

    private NewItem task(String id, Instant now, Duration firstPoll) {
        Instant expiresAt = now.plus(parts.config.pollExpiry);
        Instant due = polls ? now.plus(firstPoll) : expiresAt;
        return new NewItem(
                id, LateKind.TASK, TASKS, null, false, now, due.isAfter(expiresAt) ? expiresAt : due, expiresAt);
    }

    @Override
    public Optional<LateItem> find(String id) {
        return Ids.isValid(id) ? calls.call(() -> parts.store.find(id)) : Optional.empty();
    }

    /**
     * Takes the result of a task: into the store, else into the dead-letter directory.
     *
     * @param id of the task
     * @param code the result
     * @return what became of it
     * @throws IllegalArgumentException for an id that is blank or too long, or a result of more than 64 KiB in UTF-8
     */
    public Receipt accept(String id, String code) {
        Ids.requireValid(id);
        requireFits(code);
        Instant now = parts.now();
        LateResult result = LateResult.of(id, LateKind.TASK, LateOutcome.COMPLETED, now)
                .code(code)
                .build();
        LateStore.Arrival arrival;
        try {
            arrival = calls.call(() -> parts.store.arrive(result, parts.config.mostUnknown, now));
        } catch (StoreException e) {
            return letters.save(result, e) ? Receipt.SAVED : refused(id, String.valueOf(e.getMessage()));
        }
        return switch (arrival.acceptance()) {
            case STORED -> {
                parts.stats.add(LateCount.ACCEPTED);
                parts.teller.tell(id, LateKind.TASK, arrival.before(), LateState.READY, result.getOutcome());
                parts.wake();
                yield Receipt.STORED;
            }
            case DUPLICATE -> {
                parts.stats.add(LateCount.DUPLICATE);
                yield Receipt.DUPLICATE;
            }
            case DIFFERENT -> {
                letters.different(result);
                yield Receipt.DIFFERENT;
            }
            case FULL ->
                refused(id, "as many results for ids that nobody tracked wait already: " + parts.config.mostUnknown);
        };
    }

    private void requireFits(String code) {
        int most = parts.config.mostCode;
        if (code.length() > most || code.getBytes(StandardCharsets.UTF_8).length > most) {
            throw new IllegalArgumentException("a result has at most " + most + " bytes");
        }
    }

    private Receipt refused(String id, String why) {
        parts.stats.add(LateCount.REFUSED);
        long times = parts.teller.mayLog("refused", parts.now());
        if (times > 0) {
            LOG.error(
                    "Results are refused, since nothing can keep them: {} since the last such line, the last id={}: {}",
                    times,
                    LogText.clean(id),
                    LogText.clean(why));
        }
        return Receipt.REFUSED;
    }

    /**
     * Whether tasks can be polled for.
     *
     * @return false where there is no poller
     */
    public boolean canPoll() {
        return polls;
    }

    /**
     * Hears that a task has a result, and polls for it at once.
     *
     * @param id of the task
     * @return {@code STORED} where it is polled for, {@code DUPLICATE} where the result is known, else {@code REFUSED}
     * @throws IllegalArgumentException for an id that is blank or too long
     * @throws IllegalStateException where there is no poller
     */
    public Receipt pollNow(String id) {
        Ids.requireValid(id);
        if (!polls) {
            throw new IllegalStateException("there is no poller");
        }
        Instant now = parts.now();
        try {
            Acceptance acceptance =
                    calls.call(() -> parts.store.hasten(task(id, now, Duration.ZERO), parts.config.mostUnknown, now));
            if (acceptance == Acceptance.STORED) {
                parts.wake();
                return Receipt.STORED;
            }
            return acceptance == Acceptance.FULL ? refused(id, "too many ids that nobody tracked") : Receipt.DUPLICATE;
        } catch (StoreException e) {
            return refused(id, String.valueOf(e.getMessage()));
        }
    }
}
