package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolEntry;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.FailOpenRecord;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between the store and the directory: what the one does not take goes to the other, and back when it can. */
final class ResultSpool {
    private static final Logger LOG = LoggerFactory.getLogger(ResultSpool.class);
    private static final int DRAINED_AT_ONCE = 100;
    /** Deliveries and questions have their turn in between, also where each letter takes the store long. */
    private static final Duration TURN = Duration.ofMillis(250);
    /** After so many failures one after another, it is the store that is in trouble, not the letter. */
    private static final int ENOUGH = 3;
    /** Soon, for as a rule the store was in trouble; rarely, for a letter that it never takes. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

    private final EngineContext context;
    private final Backoff pauses;
    private volatile boolean hasBacklog;

    ResultSpool(EngineContext context) {
        this.context = context;
        Duration longest = context.config.deadLetterRetry.longest();
        this.pauses = new Backoff(FIRST_PAUSE, longest.compareTo(FIRST_PAUSE) < 0 ? FIRST_PAUSE : longest, 0.2);
    }

    /** Whether the last {@link #drain} left letters that the store may take at once. */
    boolean hasBacklog() {
        return hasBacklog;
    }

    /** Whether an item's result waits in the directory: then nobody is to be asked for it, nor may it expire. */
    boolean holdResultOf(String id) {
        return context.letters != null && context.letters.holdsResultOf(id);
    }

    /** A file that is written by a thread with its interrupt flag set is closed half way. */
    private boolean uninterrupted(Runnable write) {
        boolean interrupted = Thread.interrupted();
        try {
            write.run();
            return true;
        } catch (LateUnavailableException e) {
            long times = context.teller.mayLog("unkept", context.now());
            if (times > 0) {
                LOG.error(
                        "Dead letters could not be kept: {} since the last such line; {}",
                        times,
                        e.getMessage(),
                        e.getCause());
            }
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Keeps a result that the store does not take; false where there is no directory, or it does not take it either. */
    boolean save(LateResult result, StoreException why) {
        SpoolDirectory directory = context.letters;
        if (directory == null || !uninterrupted(() -> directory.put(result, String.valueOf(why.getMessage())))) {
            return false;
        }
        context.stats.add(LateCounter.SPOOLED);
        long times = context.teller.mayLog("saved", context.now());
        if (times > 0) {
            LOG.warn(
                    "Results go to the dead-letter directory: {} since the last such line; {}",
                    times,
                    why.getMessage());
        }
        context.teller.tell(result.getId(), result.getKind(), null, LateState.DEAD_LETTER, result.getOutcome());
        return true;
    }

    /** The same for a pass. */
    boolean save(FailOpenRecord pass, StoreException why) {
        SpoolDirectory directory = context.letters;
        if (directory == null || !uninterrupted(() -> directory.put(pass, String.valueOf(why.getMessage())))) {
            return false;
        }
        context.stats.add(LateCounter.SPOOLED);
        context.teller.tell(pass.item().id(), LateKind.LATE_VERDICT, null, LateState.AWAITING, null);
        return true;
    }

    /**
     * Puts letters into the store. Safe to be done twice, and by two processes: a letter is deleted after the store has
     * it, and the store takes a result once.
     *
     * @return how many
     */
    int drain() {
        SpoolDirectory directory = context.letters;
        if (directory == null) {
            return 0;
        }
        Instant now = context.now();
        List<SpoolEntry> due = directory.due(now, DRAINED_AT_ONCE);
        hasBacklog = directory.isMoreDue();
        int taken = 0;
        int failed = 0;
        Set<SpoolEntry> together = takePasses(due, now);
        taken += together.size();
        // From here on, and not before one was tried: whatever reading them took, each turn gets further.
        Instant begun = context.now();
        boolean tried = false;
        for (SpoolEntry letter : due) {
            if (together.contains(letter)) {
                continue;
            }
            if (tried && !context.now().isBefore(begun.plus(TURN))) {
                hasBacklog = true;
                break;
            }
            tried = true;
            try {
                take(letter, now);
                delete(letter);
                taken++;
                failed = 0;
            } catch (RuntimeException e) {
                context.stats.add(LateCounter.STORE_FAILED);
                int attempts = letter.attempts() + 1;
                directory.update(
                        letter,
                        attempts,
                        String.valueOf(StoreCalls.asStoreException(e).getMessage()),
                        now.plus(pauses.after(Math.max(1, attempts - 1), context.random)));
                if (++failed == ENOUGH) {
                    hasBacklog = false;
                    break;
                }
            }
        }
        if (taken > 0) {
            LOG.info("The store took letters from the dead-letter directory: {}", taken);
        }
        return taken;
    }

    /** All passes in one transaction, since their time is short; none where one of them is refused. */
    private Set<SpoolEntry> takePasses(List<SpoolEntry> due, Instant now) {
        Set<SpoolEntry> taken = Collections.newSetFromMap(new IdentityHashMap<>());
        List<SpoolEntry> letters = new ArrayList<>();
        List<FailOpenRecord> passes = new ArrayList<>();
        for (SpoolEntry letter : due) {
            FailOpenRecord pass = letter.pass();
            if (pass != null) {
                letters.add(letter);
                passes.add(pass);
            }
        }
        if (passes.size() < 2) {
            return taken;
        }
        try {
            List<AcceptResult> outcomes = context.store.trackFailOpen(passes, now);
            for (int i = 0; i < passes.size(); i++) {
                tracked(passes.get(i), outcomes.get(i), now);
                delete(letters.get(i));
                taken.add(letters.get(i));
            }
        } catch (RuntimeException e) {
            LOG.debug("Passes are taken one by one, since not all could be taken together", e);
        }
        return taken;
    }

    private void tracked(FailOpenRecord pass, AcceptResult outcome, Instant now) {
        if (outcome == AcceptResult.DUPLICATE) {
            // Another node let the same token through meanwhile. Both requests were let in, so both are to end in the
            // handler; and either may be what redeems the token, so this one's refusal would prove nothing.
            context.store.track(pass.item().asSent(), now);
        }
    }

    private void delete(SpoolEntry letter) {
        SpoolDirectory directory = context.letters;
        if (directory != null) {
            directory.delete(letter);
            context.stats.add(LateCounter.DRAINED);
        }
    }

    private void take(SpoolEntry letter, Instant now) {
        FailOpenRecord pass = letter.pass();
        if (pass != null) {
            tracked(pass, context.store.trackFailOpen(List.of(pass), now).get(0), now);
            return;
        }
        LateResult result = letter.result();
        if (result == null) {
            return;
        }
        // It was acknowledged, so no bound on unknown ids keeps it out any more.
        AcceptResult outcome = context.store.accept(result, Integer.MAX_VALUE, now);
        if (outcome == AcceptResult.DIFFERENT) {
            different(result);
        } else if (outcome == AcceptResult.STORED) {
            context.teller.tell(
                    result.getId(), result.getKind(), LateState.DEAD_LETTER, LateState.READY, result.getOutcome());
        }
    }

    void different(LateResult result) {
        context.stats.add(LateCounter.DIFFERENT);
        LOG.warn(
                "A result differs from the one its item has, or came after the item's end, and changes nothing: id={},"
                        + " outcome={}",
                LogText.clean(result.getId()),
                result.getOutcome());
    }
}
