package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.Claim;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims awaited items as far as their service may be asked, and does with the answers what is to be done. */
final class PollDispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(PollDispatcher.class);
    private static final int AT_ONE_GO = 1000;

    private final EngineContext context;
    private final ResultSpool letters;

    PollDispatcher(EngineContext context, ResultSpool letters) {
        this.context = context;
        this.letters = letters;
    }

    /** One way to ask. */
    interface Asker {
        void ask(Lease lease);
    }

    /** Asks what is due of one source, as far as there are places and the service may be asked. */
    int run(WorkQueue lane, @Nullable String source, RateLimiter pacer, Bulkhead places, Asker asker) {
        int taken = 0;
        boolean refused = false;
        while (taken < AT_ONE_GO && !context.isClosed()) {
            Instant now = context.now();
            int wanted = Math.min(places.free(), pacer.allowance(now));
            if (wanted <= 0) {
                return taken;
            }
            List<Lease> leases = context.store.claim(
                    new Claim(lane, source, false, now, context.node, context.config.lease, wanted));
            places.hasBacklog(leases.size() == wanted);
            if (leases.isEmpty()) {
                return taken;
            }
            for (Lease lease : leases) {
                if (letters.holds(lease.id())) {
                    // Its lease keeps it out of the way meanwhile.
                    continue;
                }
                if (refused || !places.tryTake()) {
                    giveBack(lease);
                    continue;
                }
                pacer.began();
                refused = !places.run(
                        () -> {
                            try {
                                ask(lease, now, pacer, asker);
                            } finally {
                                pacer.ended();
                            }
                        },
                        () -> {
                            pacer.ended();
                            giveBack(lease);
                        });
            }
            if (refused) {
                return taken;
            }
            taken += leases.size();
        }
        return taken;
    }

    private void ask(Lease lease, Instant claimedAt, RateLimiter pacer, Asker asker) {
        Instant now = context.now();
        if (!claimedAt.plus(context.config.lease.dividedBy(2)).isAfter(now)) {
            // It waited for a thread for so long that another node may have it before the answer is there.
            giveBack(lease);
            return;
        }
        if (!lease.expiresAt().isAfter(now)) {
            expire(lease, now);
            return;
        }
        Duration held = pacer.held(now);
        if (held.isZero()) {
            asker.ask(lease);
        } else {
            // Another of the same claim met trouble meanwhile; spread, so that they do not come back together.
            long millis = held.toMillis();
            Instant due = now.plusMillis(millis + (long) (millis * context.random.nextDouble()));
            reschedule(lease, due, lease.attempts(), lease.sent(), null);
        }
    }

    /** As it was: nobody has asked. */
    private void giveBack(Lease lease) {
        reschedule(lease, context.now(), lease.attempts(), lease.sent(), null);
    }

    /** Ends what has expired, whoever might have been asked about it. */
    int expire(WorkQueue lane) {
        int taken = 0;
        while (taken < AT_ONE_GO && !context.isClosed()) {
            Instant now = context.now();
            List<Lease> leases =
                    context.store.claim(new Claim(lane, null, true, now, context.node, context.config.lease, 50));
            if (leases.isEmpty()) {
                return taken;
            }
            for (Lease lease : leases) {
                if (!letters.holds(lease.id())) {
                    expire(lease, now);
                }
            }
            taken += leases.size();
        }
        return taken;
    }

    private void expire(Lease lease, Instant now) {
        LateResult expired = LateResult.of(lease.id(), lease.kind(), LateOutcome.EXPIRED, now)
                .build();
        settle(lease, expired.withHistory(lease.startedAt(), lease.attempts()));
    }

    void reschedule(Lease lease, Instant dueAt, int attempts, boolean sent, @Nullable String error) {
        Instant due = dueAt.isAfter(lease.expiresAt()) ? lease.expiresAt() : dueAt;
        try {
            if (!context.store.reschedule(lease, due, attempts, sent, error, context.now())) {
                context.stats.add(LateCounter.STALE);
            }
        } catch (StoreException e) {
            // Nothing is lost: it counts as sent, and is free when its lease has passed.
            context.stats.add(LateCounter.STORE_FAILED);
            LOG.debug("An item could not be given back, and is free when its lease has passed", e);
        }
    }

    /**
     * Records a result, before anything else is done with it: a token can be redeemed once, and who dies now must not
     * have to ask again. It is handed over apart, so that a slow handler does not keep others from being asked.
     */
    void settle(Lease lease, LateResult result) {
        Instant now = context.now();
        boolean recorded;
        try {
            recorded = context.store.resolve(lease, result, now);
        } catch (RuntimeException | Error e) {
            // Whatever it was: the verdict must not go with it, since the token cannot be redeemed again.
            context.stats.add(LateCounter.STORE_FAILED);
            // An expiry needs no keeping: it is known again at any time.
            if (result.getOutcome() != LateOutcome.EXPIRED
                    && !letters.save(result, StoreCalls.asStoreException(e)).isAcknowledged()) {
                context.stats.add(LateCounter.UNKEPT);
                LOG.error(
                        "A result could not be kept, and is asked for again: id={}, outcome={}",
                        LogText.clean(lease.id()),
                        result.getOutcome());
            }
            return;
        }
        if (!recorded) {
            context.stats.add(LateCounter.STALE);
            return;
        }
        context.teller.tell(lease.id(), lease.kind(), LateState.AWAITING, LateState.READY, result.getOutcome());
        context.wake();
    }
}
