package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where items are kept. Each operation is atomic, also against other nodes, and durable when it returns, as far as the
 * store is. Each throws {@link StoreException} when the store is in trouble, and may then be repeated. Due and expiry
 * times are the caller's; leases run by the store's own clock, so that nodes agree on them. Thread-safe.
 */
public interface LateStore extends AutoCloseable {

    /**
     * Tracks requests that are let through unverified.
     *
     * @param passes no two with one id
     * @param now the time
     * @return one outcome for each, in order
     */
    List<AcceptResult> trackFailOpen(List<FailOpenRecord> passes, Instant now);

    /**
     * Tracks an item, or finds the one that there is. An item made by an early callback counts as tracked from then on.
     *
     * @param item to be
     * @param now the time
     * @return as it is now
     */
    Tracked track(NewItem item, Instant now);

    /**
     * Makes an item that waits for its callback or its first poll due now.
     *
     * @param item what to track where there is no such item
     * @param mostUnknown as in {@link #arrive}
     * @param now the time
     * @return {@code STORED} where it is due now, {@code DUPLICATE} where it has its result, or {@code FULL}
     */
    AcceptResult pollNow(NewItem item, int mostUnknown, Instant now);

    /**
     * Takes a result: the first one wins. An item that is being asked for elsewhere is taken out of those hands. That
     * nothing is known ({@code EXPIRED}, {@code UNCONFIRMED}) gives way to what is known, unless a handler may have heard
     * it: another node may have kept the result in its directory while the store was down.
     *
     * @param result with its item's id; where there is no such item, one is made, ready to be handed over
     * @param mostUnknown how many items that nobody tracked may wait to be handed over
     * @param now the time
     * @return what was done, and to what
     */
    Arrival arrive(LateResult result, int mostUnknown, Instant now);

    /**
     * The same for whom it does not matter what there was before.
     *
     * @param result as in {@link #arrive}
     * @param mostUnknown likewise
     * @param now the time
     * @return what was done
     */
    default AcceptResult accept(LateResult result, int mostUnknown, Instant now) {
        return arrive(result, mostUnknown, now).outcome();
    }

    /**
     * Claims items: of several callers, on one or more nodes, exactly one gets each. A claimed late verdict that is
     * awaited is marked as sent, for the case that nobody comes back to say.
     *
     * @param claim which and how many
     * @return earliest due first; fewer than wanted does not mean that there are no more
     */
    List<Lease> claim(Claim claim);

    /**
     * Gives an awaited item back.
     *
     * @param lease of it
     * @param dueAt when to ask again
     * @param attempts how often it was asked for in all
     * @param sent whether any attempt had begun to write the request
     * @param error the last thing that went wrong, bounded; null leaves the one before
     * @param now the time
     * @return false for an old lease: nothing was changed
     */
    boolean reschedule(Lease lease, Instant dueAt, int attempts, boolean sent, @Nullable String error, Instant now);

    /**
     * Records an awaited item's result, wipes its token, and lets the item be claimed to be handed over.
     *
     * @param lease of it
     * @param result what came of it
     * @param now the time
     * @return false for an old lease: nothing was changed
     */
    boolean resolve(Lease lease, LateResult result, Instant now);

    /**
     * Hands a result over and ends the item, within one transaction where the store has those.
     *
     * @param lease of an item that has its result
     * @param forgetAt when the item may be forgotten
     * @param now the time
     * @param call the handler
     * @return false for an old lease: nothing was changed, and what the handler wrote through the transaction was rolled
     *     back
     * @throws HandlerException for what the handler threw; nothing was changed
     */
    boolean deliver(Lease lease, Instant forgetAt, Instant now, HandlerCall call) throws HandlerException;

    /**
     * Makes an item with a result a dead letter. The lease is old from then on.
     *
     * @param lease of it
     * @param error what went wrong, bounded
     * @param dueAt when to try again
     * @param now the time
     * @return false for an old lease: nothing was changed
     */
    boolean fail(Lease lease, String error, Instant dueAt, Instant now);

    /**
     * Gives an item with a result back, as if it had not been claimed.
     *
     * @param lease of it
     * @return false for an old lease: nothing was changed
     */
    boolean release(Lease lease);

    /**
     * Lists dead letters, oldest first.
     *
     * @param most how many at most
     * @return a copy
     */
    List<LateItem> deadLetters(int most);

    /**
     * Looks an item up.
     *
     * @param id of it
     * @return empty for one that is not known
     */
    Optional<LateItem> find(String id);

    /**
     * Looks the result of a dead letter up.
     *
     * @param id of it
     * @return empty when there is no such dead letter
     */
    Optional<LateResult> result(String id);

    /**
     * Makes a dead letter due now.
     *
     * @param id of it
     * @param now the time
     * @return false when there is no such dead letter
     */
    boolean retry(String id, Instant now);

    /**
     * Gives a dead letter up.
     *
     * @param id of it
     * @param forgetAt when it may be forgotten
     * @param now the time
     * @return false when there is no such dead letter
     */
    boolean discard(String id, Instant forgetAt, Instant now);

    /** Makes dead letters due now that are not; returns how many, at most a limit: fewer means that none are left. */
    int retryAll(int limit, Instant now);

    /** Ends an item as discarded unless it has ended; one that is not known is added as discarded. */
    void ensureDiscarded(String id, LateKind kind, Instant forgetAt, Instant now);

    /**
     * Counts what is at work.
     *
     * @return now
     */
    Counts counts();

    /**
     * Forgets final items, and grants, whose time has passed.
     *
     * @param now the time
     * @param most how many items at most
     * @return how many items were forgotten
     */
    int forget(Instant now, int most);

    /**
     * Whether an outcome says what came of an item, or that nobody knows.
     *
     * @param outcome of a result
     * @return false for {@code EXPIRED} and {@code UNCONFIRMED}
     */
    static boolean isKnown(LateOutcome outcome) {
        return outcome != LateOutcome.EXPIRED && outcome != LateOutcome.UNCONFIRMED;
    }

    @Override
    void close();

    /**
     * What tracking found.
     *
     * @param item as it is now
     * @param isNew whether there was none before
     */
    record Tracked(LateItem item, boolean isNew) {}

    /**
     * What became of a result that arrived.
     *
     * @param outcome what was done with it
     * @param before the state its item was in; null where there was no such item
     */
    record Arrival(AcceptResult outcome, @Nullable LateState before) {}

    /** One call of the handler. */
    @FunctionalInterface
    interface HandlerCall {

        /**
         * Calls it.
         *
         * @param delivery what it gets
         * @throws Exception what it throws
         */
        void run(Delivery delivery) throws Exception;
    }
}
