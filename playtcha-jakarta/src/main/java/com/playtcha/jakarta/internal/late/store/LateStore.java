package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The store of items. Each operation is atomic across nodes, and durable when it returns. Each throws
 * {@link StoreException} while the store fails or cannot be used, and may then be repeated. Due and expiry times are by the caller's clock,
 * leases by the store's. Methods that take a lease return false, and change nothing, where it is no longer valid.
 * Thread-safe.
 */
public interface LateStore extends AutoCloseable {

    /**
     * Takes what arrives, each about another item; returns what became of it, in order: null of what was not taken, where
     * the store failed after it had taken a part. A result or a
     * request to poll of an id that does not exist is {@code REFUSED} where too many untracked items wait. The first
     * results that are stored are leased at once, as many as the terms allow, so that this node need not claim them.
     */
    List<@Nullable AcceptOutcome> takeAll(List<Arrival> arrivals, int maxUntracked, LeaseTerms terms, Instant now);

    /** Takes what arrives, and leases none of it. */
    default List<@Nullable AcceptOutcome> takeAll(List<Arrival> arrivals, int maxUntracked, Instant now) {
        return takeAll(arrivals, maxUntracked, LeaseTerms.NONE, now);
    }

    /** Takes one arrival, as {@link #takeAll} does. */
    default AcceptOutcome take(Arrival arrival, int maxUntracked, Instant now) {
        // One arrival has no parts.
        return Objects.requireNonNull(
                takeAll(List.of(arrival), maxUntracked, now).get(0));
    }

    /**
     * Tracks an item in the transaction of the caller, who commits it; returns the item as it is now. One that exists is
     * not changed, except that it counts as tracked from then on.
     */
    LateItem track(NewItem item, Connection connection, Instant now);

    /**
     * Does what the arrival of an unverified visitor does, and takes it back: the first one does not wait until classes are
     * loaded and statements are prepared. It also shows whether the store takes writes, which reading does not.
     *
     * @throws StoreException where the store fails
     */
    default void warmUp(Instant now) {}

    /** Reads, in one transaction, what a node needs to know each second. */
    Heartbeat beat(Instant now);

    /**
     * Claims items, earliest due first; each is returned to exactly one of several callers. Awaited late verdicts are
     * marked as sent, since the claiming process may die after sending. There may be more even where fewer than the
     * maximum are returned.
     */
    List<Lease> claim(Claim claim);

    /** Prolongs leases, to end this long from now, and waits for no lock of an item; returns, in order, what became of each. */
    List<Renewal> renew(List<Lease> leases, Duration duration);

    /**
     * Returns the transaction in which a handler may write; it begins when the handler asks for it. What its connection
     * waits for takes {@code timeLimit} at most.
     */
    HandlerTransaction transaction(Lease lease, Duration timeLimit);

    /** Returns whether the lease of an item with a result is still valid. */
    boolean isLeaseValid(Lease lease);

    /**
     * Returns whether the item ended by this delivery, also where the answer to its commit was lost. One that was moved since
     * is recognized by its time of deletion, to the millisecond.
     */
    boolean isDelivered(Settlement.Delivered delivered);

    /** Records how work on items ended, in one transaction; returns, in order, which leases were valid. */
    List<Boolean> settle(List<Settlement> settlements, Instant now);

    /** Returns items that are retrying or dead letters, those that failed first first. */
    List<LateItem> failed(FailedQuery query);

    Optional<LateItem> find(String id);

    /** Returns the result of an item that is retrying or a dead letter. */
    Optional<LateResult> result(String id);

    /** Makes items that are retrying or dead letters due now, to be retried; returns how many there are of these ids. */
    int retry(Collection<String> ids, Instant now);

    /** Discards items that are retrying or dead letters; returns which of these ids they were. */
    Set<String> discard(Collection<String> ids, Instant purgeAt, Instant now);

    /** Sets whether handlers rest, on all nodes. */
    void setPaused(boolean paused);

    /**
     * Returns the numbers of items, each counted up to {@link Counts#MAX}. Has a time limit of its own. Also corrects the
     * number of waiting untracked items, which is estimated in between.
     */
    Counts counts();

    /**
     * Deletes ended items and grants whose time has passed, at most {@code limit} of each; returns the larger number. Gives
     * back disk space where nothing is left to delete.
     */
    int purge(Instant now, int limit);

    /** Returns whether the outcome is an answer, which {@code EXPIRED} and {@code UNCONFIRMED} are not. */
    static boolean isConclusive(LateOutcome outcome) {
        return outcome != LateOutcome.EXPIRED && outcome != LateOutcome.UNCONFIRMED;
    }

    @Override
    void close();

    /**
     * What became of an arrival.
     *
     * @param before the state of its item before; null where it was added
     * @param item a tracked item as it is now; null for other arrivals
     * @param lease of a result that was stored, and leased at once
     */
    record AcceptOutcome(
            AcceptResult outcome,
            @Nullable LateState before,
            @Nullable LateItem item,
            @Nullable Lease lease) {}

    /** On which terms results are leased to the node that accepts them: for whom, for how long, and how many at most. */
    record LeaseTerms(String owner, Duration duration, int limit) {
        public static final LeaseTerms NONE = new LeaseTerms("", Duration.ZERO, 0);
    }

    /** The transaction of one call of the handler. Closing it rolls back what was not completed. */
    interface HandlerTransaction extends AutoCloseable {

        /** What the handler did with its transaction. */
        enum Use {
            /** Nothing: the completion is recorded afterwards. */
            NONE,
            /** It got the engine's transaction, in which the completion is recorded. */
            BEGUN,
            /** It has made the completion part of a transaction of its own, or tried to. */
            COMPLETED,
            /** The lease was no longer valid. */
            LEASE_LOST,
            /** The store failed. */
            FAILED
        }

        /** Returns the object of this type through which the handler writes; empty where the store has none. */
        <T> Optional<T> unwrap(Class<T> type);

        /** Ends the item on a connection of the handler's, in a transaction that it commits. */
        void completeWith(Connection connection, Instant purgeAt, Instant now);

        /** Returns what the handler did with its transaction. */
        Use use();

        /** Ends the item and commits; false, and rolled back, where the lease is no longer valid. */
        boolean complete(Instant purgeAt, Instant now);

        /**
         * Ends the connection from another thread, whatever its own thread waits for: what was written is rolled back, and
         * locks and connection are free again. May wait for the driver.
         */
        void abort();

        @Override
        void close();
    }

    /**
     * Which items to claim, and for how long.
     *
     * @param source null for any
     * @param owner the node's name, for people who read the table
     * @param maxBytes after how many bytes of results no further item is claimed
     * @param newestFirst whether those that became due last are claimed, instead of those that have been due longest
     */
    record Claim(
            WorkQueue queue,
            @Nullable String source,
            boolean expiredOnly,
            Instant now,
            String owner,
            Duration lease,
            int limit,
            long maxBytes,
            boolean newestFirst) {}

    /** What became of a lease that was to be prolonged. */
    enum Renewal {
        RENEWED,
        /** The item is locked, as by a handler that completes it in a transaction of its own: it is not claimed meanwhile. */
        LOCKED,
        /** The lease is no longer valid. */
        LOST
    }

    /**
     * What the store says once a second.
     *
     * @param time the store's; null where this process alone uses the store, so that its own time will do
     * @param paused whether handlers rest
     * @param due the queues of which an item can be claimed now
     * @param expired the queues of awaited items of which one has expired and can be claimed now
     */
    record Heartbeat(@Nullable Instant time, boolean paused, Set<WorkQueue> due, Set<WorkQueue> expired) {}

    /**
     * Which items that are retrying or dead letters to list.
     *
     * @param states {@code RETRYING}, {@code DEAD_LETTER}, or both
     * @param failedBefore those that failed first before this time; null for any
     * @param error those whose last error contains this text; null for any
     * @param after the last item of the list before; null for the beginning
     */
    record FailedQuery(
            Set<LateState> states,
            @Nullable Instant failedBefore,
            @Nullable String error,
            @Nullable Position after,
            int limit) {

        /** Returns a query that goes on after this position. */
        public FailedQuery after(Position position, int limit) {
            return new FailedQuery(states, failedBefore, error, position, limit);
        }

        /** The place of an item in the order of the list. */
        public record Position(Instant failedSince, String key) {}
    }

    /**
     * The numbers of items that have not ended, when the first handler's call is due, since when handlers fail for items
     * that are retried, and since when dead letters wait.
     */
    record Counts(
            long awaiting,
            long ready,
            long retrying,
            long dead,
            @Nullable Instant earliestDue,
            @Nullable Instant oldestRetrying,
            @Nullable Instant oldestDead) {

        /** Larger numbers are not counted further, since a count of millions takes seconds. */
        public static final int MAX = 100_000;

        public static final Counts NONE = new Counts(0, 0, 0, 0, null, null, null);
    }
}
