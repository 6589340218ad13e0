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
 * The store of items. Each operation is atomic across nodes, and durable when it returns. Each throws
 * {@link StoreException} while the store fails, and may then be repeated. Due and expiry times are by the caller's clock,
 * leases by the store's. Methods that take a lease return false, and change nothing, where it is no longer valid.
 * Thread-safe.
 */
public interface LateStore extends AutoCloseable {

    /** Tracks requests that are allowed unverified, each with another id; returns their outcomes in order. */
    List<AcceptResult> trackFailOpen(List<FailOpenRecord> records, Instant now);

    /** Tracks an item. One that exists is not changed, except that it counts as tracked from then on. */
    Tracked track(NewItem item, Instant now);

    /**
     * Makes an awaited item due now, and adds it where it does not exist.
     *
     * @return {@code STORED}, {@code DUPLICATE} where the item has its result, or {@code REFUSED} where too many untracked
     *     items wait
     */
    AcceptResult pollNow(NewItem item, int maxUntracked, Instant now);

    /**
     * Stores a result; the first one wins, and leases of the item end. {@code EXPIRED} and {@code UNCONFIRMED} are replaced
     * by a known outcome unless the handler may have been called: another node may have spooled it while the store was
     * down. An item that does not exist is added, unless too many untracked ones wait.
     */
    Arrival arrive(LateResult result, int maxUntracked, Instant now);

    /** Stores a result as {@link #arrive} does, without returning the state before. */
    default AcceptResult accept(LateResult result, int maxUntracked, Instant now) {
        return arrive(result, maxUntracked, now).outcome();
    }

    /**
     * Claims items, earliest due first; each is returned to exactly one of several callers. Awaited late verdicts are
     * marked as sent, since the claiming process may die after sending. There may be more even where fewer than the
     * maximum are returned.
     */
    List<Lease> claim(Claim claim);

    /** Releases an awaited item until {@code dueAt}; a null error leaves the last one. */
    boolean reschedule(Lease lease, Instant dueAt, int attempts, boolean sent, @Nullable String error, Instant now);

    /** Records an awaited item's result, deletes its token, and makes it due for delivery. */
    boolean resolve(Lease lease, LateResult result, Instant now);

    /**
     * Calls the handler and ends the item in one transaction. It is rolled back where the lease is no longer valid.
     *
     * @throws HandlerException where the handler threw; nothing was changed
     */
    boolean deliver(Lease lease, Instant forgetAt, Instant now, HandlerCall call) throws HandlerException;

    /** Makes an item a dead letter, and ends its lease. */
    boolean fail(Lease lease, String error, Instant dueAt, Instant now);

    /** Releases an item with a result, as if it had not been claimed. */
    boolean release(Lease lease);

    /** Returns dead letters, oldest first. */
    List<LateItem> deadLetters(int most);

    Optional<LateItem> find(String id);

    /** Returns the result of a dead letter. */
    Optional<LateResult> result(String id);

    /** Makes a dead letter due now; returns false where there is none of this id. */
    boolean retry(String id, Instant now);

    /** Discards a dead letter; returns false where there is none of this id. */
    boolean discard(String id, Instant forgetAt, Instant now);

    /** Makes dead letters due now; returns how many were not due before, at most {@code limit}. */
    int retryAll(int limit, Instant now);

    /** Discards an item unless it has ended; one that does not exist is added as discarded. */
    void ensureDiscarded(String id, LateKind kind, Instant forgetAt, Instant now);

    Counts counts();

    /** Deletes ended items, at most {@code most}, and grants, whose time has passed; returns how many items. */
    int forget(Instant now, int most);

    /** Returns whether the outcome is known, which it is not for {@code EXPIRED} and {@code UNCONFIRMED}. */
    static boolean isKnown(LateOutcome outcome) {
        return outcome != LateOutcome.EXPIRED && outcome != LateOutcome.UNCONFIRMED;
    }

    @Override
    void close();

    /** A tracked item as it is now, and whether it was added. */
    record Tracked(LateItem item, boolean isNew) {}

    /** What became of a result, and the state of its item before; null where it was added. */
    record Arrival(AcceptResult outcome, @Nullable LateState before) {}

    /** One call of the handler. */
    @FunctionalInterface
    interface HandlerCall {
        void run(Delivery delivery) throws Exception;
    }
}
