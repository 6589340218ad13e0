package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.LateStore.AcceptOutcome;
import com.playtcha.jakarta.internal.late.store.LateStore.LeaseTerms;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what arrives, in the way that the arrivals before make likely, while there is room for items that nobody tracked.
 * Thread-safe.
 */
final class Arrivals {
    private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);
    /** How often untracked items are counted while there seem to be too many. */
    private static final long RECOUNT_NANOS = Duration.ofMillis(250).toNanos();

    private final Transactions transactions;
    private final ResultText results;
    /** Whether the results that arrived last were of ids that nobody tracked. */
    private volatile boolean expectsNewResults;
    /** How many untracked items wait: as they were counted last, and what this node has added since. */
    private final AtomicLong untracked = new AtomicLong();

    /** Of the last call; the engine's is always the same. */
    private volatile int maxUntracked;

    private volatile long recountedNanos = System.nanoTime() - RECOUNT_NANOS;

    Arrivals(Transactions transactions, ResultText results) {
        this.transactions = transactions;
        this.results = results;
    }

    /** As {@link LateStore#takeAll(List, int, LateStore.LeaseTerms, Instant)}. */
    List<@Nullable AcceptOutcome> takeAll(List<Arrival> batch, int maxUntracked, LeaseTerms terms, Instant now) {
        this.maxUntracked = maxUntracked;
        transactions.prepare();
        Map<String, Optional<Lease>> added = addNew(batch, terms, now);
        List<Arrival> others =
                batch.stream().filter(each -> !added.containsKey(each.id())).toList();
        int leased = (int) added.values().stream().filter(Optional::isPresent).count();
        LeaseTerms left = new LeaseTerms(terms.owner(), terms.duration(), terms.limit() - leased);
        Iterator<@Nullable AcceptOutcome> outcomes =
                (added.isEmpty() ? takeOthers(others, left, now) : tryTakeOthers(others, left, now)).iterator();
        return batch.stream()
                .map(each -> {
                    Optional<Lease> lease = added.get(each.id());
                    return lease == null
                            ? outcomes.next()
                            : new AcceptOutcome(AcceptResult.STORED, null, null, lease.orElse(null));
                })
                .toList();
    }

    /** Adds results of items that do not exist, if that is likely; returns the leases of those that were added, by their ids. */
    private Map<String, Optional<Lease>> addNew(List<Arrival> batch, LeaseTerms terms, Instant now) {
        // Other arrivals lock rows before they add any, and could deadlock with those that do so afterwards.
        if (!expectsNewResults
                || transactions.database() != Database.POSTGRESQL
                || !batch.stream().allMatch(Arrival.Result.class::isInstance)
                || batch.size() > room()) {
            return Map.of();
        }
        List<Arrival.Result> arrived =
                batch.stream().map(Arrival.Result.class::cast).toList();
        Map<String, Optional<Lease>> added = transactions.run("take what arrives", sql -> {
            sql.waitBriefly();
            return new NewResults(sql, new ItemRows(results, terms, now)).add(arrived);
        });
        untracked.addAndGet(added.size());
        return added;
    }

    /** What was added is committed, and only this method has its leases: a failure is none of it. */
    private List<@Nullable AcceptOutcome> tryTakeOthers(List<Arrival> others, LeaseTerms terms, Instant now) {
        try {
            return takeOthers(others, terms, now);
        } catch (RuntimeException e) {
            LOG.debug("The store has taken a part of what arrived: all but {}", others.size(), e);
            return Collections.nCopies(others.size(), null);
        }
    }

    private List<@Nullable AcceptOutcome> takeOthers(List<Arrival> others, LeaseTerms terms, Instant now) {
        if (others.isEmpty()) {
            return List.of();
        }
        int room = room();
        AtomicInteger added = new AtomicInteger();
        List<@Nullable AcceptOutcome> outcomes = transactions.run("take what arrives", sql -> {
            sql.durable = true;
            sql.waitBriefly();
            ArrivalWriter writer = new ArrivalWriter(sql, new ItemRows(results, terms, now), room);
            List<@Nullable AcceptOutcome> taken = writer.takeAll(others);
            added.set(writer.untracked());
            if (others.stream().anyMatch(Arrival.Result.class::isInstance)) {
                expectsNewResults = !writer.foundAwaiting();
            }
            return taken;
        });
        untracked.addAndGet(added.get());
        return outcomes;
    }

    /** Returns how many untracked items may be added. An estimate is no reason to refuse any, only a count is. */
    private int room() {
        long left = maxUntracked - untracked.get();
        if (left <= 0 && System.nanoTime() - recountedNanos >= RECOUNT_NANOS) {
            recountedNanos = System.nanoTime();
            try {
                transactions.run("count untracked items", this::countUntracked);
            } catch (StoreException e) {
                LOG.debug("Untracked items cannot be counted, and are accepted", e);
                return Integer.MAX_VALUE;
            }
            left = maxUntracked - untracked.get();
        }
        return (int) Math.max(0, left);
    }

    /** Counts untracked items, up to the limit of the last arrival, and corrects their number. */
    long countUntracked(Sql sql) throws SQLException {
        sql.within(JdbcLateStore.STATISTICS_SECONDS);
        // The limit comes with the first arrival.
        int limit = Math.max(1, maxUntracked);
        long count = JdbcLateStore.tally(sql, Statements.untracked(WorkQueue.TASK_POLL), limit)
                        .items()
                + JdbcLateStore.tally(sql, Statements.untracked(WorkQueue.DELIVER), limit)
                        .items();
        untracked.set(count);
        return count;
    }
}
