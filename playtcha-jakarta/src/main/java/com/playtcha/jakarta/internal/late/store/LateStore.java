package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
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

    /**
     * Takes what arrives, each about another item, in one transaction; returns what became of it, in order. A result or a
     * request to poll of an id that does not exist is {@code REFUSED} where too many untracked items wait.
     */
    List<Arrival> takeAll(List<Incoming> arrivals, int maxUntracked, Instant now);

    /** Takes one arrival, as {@link #takeAll} does. */
    default Arrival take(Incoming arrival, int maxUntracked, Instant now) {
        return takeAll(List.of(arrival), maxUntracked, now).get(0);
    }

    /**
     * Claims items, earliest due first; each is returned to exactly one of several callers. Awaited late verdicts are
     * marked as sent, since the claiming process may die after sending. There may be more even where fewer than the
     * maximum are returned.
     */
    List<Lease> claim(Claim claim);

    /** Releases an awaited item until {@code dueAt}; a null error leaves the last one. */
    boolean reschedule(Lease lease, Instant dueAt, int attempts, boolean sent, @Nullable String error, Instant now);

    /** Returns the transaction in which a handler may write; it begins when the handler asks for it. */
    HandlerTransaction transaction(Lease lease);

    /** Returns whether the lease of an item with a result is still valid. */
    boolean isHeld(Lease lease);

    /** Records how work on items ended, in one transaction; returns, in order, which leases were valid. */
    List<Boolean> settle(List<Settlement> settlements, Instant now);

    /** Returns dead letters, oldest first. */
    List<LateItem> deadLetters(int most);

    Optional<LateItem> find(String id);

    /** Returns the result of a dead letter. */
    Optional<LateResult> result(String id);

    /** Makes a dead letter due now; returns false where there is none of this id. */
    boolean retry(String id, Instant now);

    /** Discards a dead letter; returns false where there is none of this id. */
    boolean discard(String id, Instant forgetAt, Instant now);

    /** Makes dead letters due now, at most {@code limit} of each queue; returns how many were not due before. */
    int retryAll(int limit, Instant now);

    /**
     * Returns the numbers of items, each counted up to {@link Counts#MOST}. Has a time limit of its own. Also corrects the
     * number of waiting untracked items, which is estimated in between.
     */
    Counts counts();

    /**
     * Deletes ended items and grants whose time has passed, at most {@code most} of each; returns the larger number. Gives
     * back disk space where nothing is left to delete.
     */
    int forget(Instant now, int most);

    /** Returns the store's time; null where this process alone uses the store, so that its own time will do. */
    @Nullable
    Instant now();

    /** Returns whether the outcome is known, which it is not for {@code EXPIRED} and {@code UNCONFIRMED}. */
    static boolean isKnown(LateOutcome outcome) {
        return outcome != LateOutcome.EXPIRED && outcome != LateOutcome.UNCONFIRMED;
    }

    @Override
    void close();

    /**
     * What became of an arrival.
     *
     * @param before the state of its item before; null where it was added
     * @param item a tracked item as it is now; null for other arrivals
     */
    record Arrival(
            AcceptResult outcome,
            @Nullable LateState before,
            @Nullable LateItem item) {}

    /** The transaction of one call of the handler. Closing it rolls back what was not completed. */
    interface HandlerTransaction extends AutoCloseable {

        /** Returns the object of this type through which the handler writes; empty where the store has none. */
        <T> Optional<T> unwrap(Class<T> type);

        /** Returns whether the handler asked for it. */
        boolean isBegun();

        /** Returns whether the handler asked for it and did not get it. */
        boolean hasFailed();

        /** Ends the item and commits; false, and rolled back, where the lease is no longer valid. */
        boolean complete(Instant forgetAt, Instant now);

        @Override
        void close();
    }

    /**
     * Which items to claim, and for how long.
     *
     * @param source null for any
     * @param owner the node's name, for people who read the table
     * @param newestFirst whether those that became due last are claimed, instead of those that have been due longest
     */
    record Claim(
            WorkQueue lane,
            @Nullable String source,
            boolean expiredOnly,
            Instant now,
            String owner,
            Duration lease,
            int most,
            boolean newestFirst) {}

    /** The numbers of items that have not ended, when the first handler's call is due, and since when dead letters wait. */
    record Counts(
            long awaiting,
            long ready,
            long dead,
            @Nullable Instant earliestDue,
            @Nullable Instant oldestDead) {

        /** Larger numbers are not counted further, since a count of millions takes seconds. */
        public static final int MOST = 100_000;

        public static final Counts NONE = new Counts(0, 0, 0, null, null);
    }
}
