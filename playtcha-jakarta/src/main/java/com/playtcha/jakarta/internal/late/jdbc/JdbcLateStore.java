package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.Incoming;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.LateStore.Claim;
import com.playtcha.jakarta.internal.late.store.LateStore.Counts;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.naming.InitialContext;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Items in tables that several nodes may share. Thread-safe. */
public final class JdbcLateStore implements LateStore {
    private static final int STATISTICS_SECONDS = 5;

    private final Transactions transactions;
    private final ResultText results;
    private final Rows rows;
    private final @Nullable Clock leaseClock;
    /** How many untracked items wait: counted with the statistics, and raised by what this node adds in between. */
    private final AtomicLong untracked = new AtomicLong();

    private volatile int maxUntracked;

    /**
     * Creates a store that opens the database at its first use.
     *
     * @param leaseClock replaces the database's clock where it is not null
     * @param embedded the database where it is this process's alone, which is then closed with the store
     */
    JdbcLateStore(
            Transactions.ConnectionSource connections,
            ResultText results,
            @Nullable Clock leaseClock,
            @Nullable EmbeddedH2 embedded) {
        this.transactions = new Transactions(connections, embedded);
        this.results = results;
        this.rows = new Rows(results);
        this.leaseClock = leaseClock;
    }

    public static JdbcLateStore of(DataSource dataSource, ResultText results) {
        return new JdbcLateStore(dataSource::getConnection, results, null, null);
    }

    /** Returns the embedded store, opened at its first use. */
    public static LateStore embedded(Path directory, @Nullable ClassLoader loader, ResultText results) {
        EmbeddedH2 database = EmbeddedH2.in(directory, loader);
        return new JdbcLateStore(database::getConnection, results, null, database);
    }

    /** Returns a store that fails at each call, for a command that has the spool only. */
    public static LateStore none(ResultText results) {
        Transactions.ConnectionSource none = () -> {
            throw new SQLException("there is no database", "08001");
        };
        return new JdbcLateStore(none, results, null, null);
    }

    /**
     * Returns a store in a data source, which is a bean or else the server's, opened at its first use. The caller's
     * thread must have the application's naming context.
     */
    public static LateStore named(String name, @Nullable Object bean, ResultText results) {
        Object found = bean == null ? lookUp(name) : bean;
        if (found instanceof DataSource dataSource) {
            return of(dataSource, results);
        }
        throw new IllegalStateException("late-datasource = '" + name + "' is no javax.sql.DataSource, but "
                + (found == null ? "nothing" : "a " + found.getClass().getName()));
    }

    @SuppressWarnings(
            "BanJNDI") // The deployer's name, of which the settings refuse anything with another scheme than java:.
    private static @Nullable Object lookUp(String name) {
        try {
            try {
                return InitialContext.doLookup(name);
            } catch (NameNotFoundException e) {
                if (name.startsWith("java:")) {
                    throw e;
                }
                return InitialContext.doLookup("java:comp/env/" + name);
            }
        } catch (NamingException e) {
            throw new IllegalStateException(
                    "late-datasource = '" + name + "' cannot be looked up ("
                            + e.getClass().getSimpleName()
                            + "): the server knows no data source of this name, or does not show it to this application",
                    e);
        }
    }

    @Override
    public List<Arrival> takeAll(List<Incoming> batch, int maxUntracked, Instant now) {
        this.maxUntracked = maxUntracked;
        return transactions.run("take what arrives", sql -> {
            sql.durable = true;
            return new Arrivals(sql, results, untracked, maxUntracked, now).takeAll(batch);
        });
    }

    @Override
    public List<Lease> claim(Claim claim) {
        return transactions.run("claim items", sql -> claim(sql, claim));
    }

    /**
     * Works without {@code SKIP LOCKED} too: an update that names the fence it saw changes the row for exactly one of
     * several claimants. A row that cannot be read is claimed as well, so that such rows do not fill each batch.
     */
    private List<Lease> claim(Sql sql, Claim claim) throws SQLException {
        long now = storeNow(sql);
        long until = now + claim.lease().toMillis();
        List<@Nullable Object> parameters = new ArrayList<>(List.of(claim.now(), now));
        if (claim.source() != null) {
            parameters.add(0, AsciiText.encode(claim.source()));
        }
        String query = Statements.claimable(claim)
                + sql.database().atMost(claim.most())
                + (sql.database().skipLocked ? " FOR UPDATE SKIP LOCKED" : "");
        List<Rows.Candidate> found = sql.list(claim.most(), rows::candidate, query, parameters.toArray());
        int[] won = sql.batch(
                Statements.CLAIM,
                found.stream()
                        .map(each -> new @Nullable Object[] {claim.owner(), until, each.key(), each.fence(), now})
                        .toList());
        // A poll redeems the token.
        sql.durable = claim.lane() == WorkQueue.ASK && won.length > 0;
        return IntStream.range(0, won.length)
                .filter(i -> won[i] == 1)
                .mapToObj(found::get)
                .sorted(Comparator.comparingLong(Rows.Candidate::dueAt))
                .map(Rows.Candidate::lease)
                .filter(Objects::nonNull)
                .toList();
    }

    private long storeNow(Sql sql) throws SQLException {
        return leaseClock == null ? sql.now() : leaseClock.millis();
    }

    @Override
    public boolean reschedule(
            Lease lease, Instant dueAt, int attempts, boolean sent, @Nullable String error, Instant now) {
        String text = error == null ? null : bounded(error);
        return transactions.run(
                        "give an item back",
                        sql -> sql.update(
                                Statements.RESCHEDULE,
                                dueAt,
                                attempts,
                                sent,
                                now,
                                text,
                                Ids.key(lease.id()),
                                lease.fence()))
                == 1;
    }

    private static String bounded(String error) {
        return AsciiText.encode(AsciiText.bounded(error));
    }

    @Override
    public HandlerTransaction transaction(Lease lease) {
        return new JdbcHandlerTransaction(transactions, lease);
    }

    @Override
    public boolean isHeld(Lease lease) {
        return transactions.run("check a lease", sql -> isHeld(sql, lease));
    }

    static boolean isHeld(Sql sql, Lease lease) throws SQLException {
        return sql.first(row -> row.getLong(1), Statements.HELD, Ids.key(lease.id()), lease.fence()) != null;
    }

    @Override
    public List<Boolean> settle(List<Settlement> settlements, Instant now) {
        List<String> keys =
                settlements.stream().map(each -> Ids.key(each.lease().id())).toList();
        return transactions.run("record how work on items ended", sql -> {
            // In one order on all nodes, so that they do not deadlock.
            Map<String, List<Integer>> byStatement = IntStream.range(0, settlements.size())
                    .boxed()
                    .sorted(Comparator.comparing(keys::get))
                    .collect(Collectors.groupingBy(
                            i -> statement(settlements.get(i)), TreeMap::new, Collectors.toList()));
            // A token whose result were lost would be asked for again, in vain.
            sql.durable = byStatement.containsKey(Statements.RESOLVE);
            Boolean[] valid = new Boolean[settlements.size()];
            for (Map.Entry<String, List<Integer>> each : byStatement.entrySet()) {
                List<Integer> indexes = each.getValue();
                int[] changed = sql.batch(
                        each.getKey(),
                        indexes.stream()
                                .map(i -> parameters(settlements.get(i), now))
                                .toList());
                for (int i = 0; i < changed.length; i++) {
                    valid[indexes.get(i)] = changed[i] == 1;
                }
            }
            return List.of(valid);
        });
    }

    private static String statement(Settlement settlement) {
        if (settlement instanceof Settlement.Resolved) {
            return Statements.RESOLVE;
        }
        return settlement instanceof Settlement.Delivered
                ? Statements.COMPLETE
                : settlement instanceof Settlement.Failed ? Statements.FAIL : Statements.RELEASE;
    }

    private @Nullable Object[] parameters(Settlement settlement, Instant now) {
        Lease lease = settlement.lease();
        String key = Ids.key(lease.id());
        if (settlement instanceof Settlement.Delivered delivered) {
            return completion(lease, delivered.forgetAt(), now);
        }
        if (settlement instanceof Settlement.Failed failed) {
            WorkQueue queue = failed.hung() ? WorkQueue.HUNG : WorkQueue.RETRY;
            return new @Nullable Object[] {queue, bounded(failed.error()), failed.dueAt(), now, now, key, lease.fence()
            };
        }
        if (settlement instanceof Settlement.Resolved resolved) {
            LateResult result = resolved.result();
            String digest = ResultText.digest(result);
            return new @Nullable Object[] {
                now, now, result.getAttempts(), result.getOutcome(), digest, results.write(result), key, lease.fence()
            };
        }
        boolean called = lease.called() || (settlement instanceof Settlement.Released released && released.called());
        return new @Nullable Object[] {called ? 1L : 0L, key, lease.fence()};
    }

    /** Returns the parameters of the statement that ends an item. */
    static @Nullable Object[] completion(Lease lease, Instant forgetAt, Instant now) {
        LateResult result = lease.result();
        boolean expired = result != null && result.getOutcome() == LateOutcome.EXPIRED;
        LateState state = expired ? LateState.EXPIRED : LateState.DELIVERED;
        return new @Nullable Object[] {state, forgetAt, now, Ids.key(lease.id()), lease.fence()};
    }

    @Override
    public List<LateItem> deadLetters(int most) {
        return transactions.run("list dead letters", sql -> {
            sql.within(STATISTICS_SECONDS);
            String query = Statements.DEAD_LETTERS + sql.database().atMost(most);
            return sql.list(most, Rows::itemIfReadable, query).stream()
                    .flatMap(Optional::stream)
                    .toList();
        });
    }

    @Override
    public Optional<LateItem> find(String id) {
        return transactions.run(
                "look an item up", sql -> Optional.ofNullable(sql.first(Rows::item, Statements.FIND, Ids.key(id))));
    }

    @Override
    public Optional<LateResult> result(String id) {
        return transactions.run("look a result up", sql -> {
            String text = sql.first(row -> row.getString(1), Statements.RESULT, Ids.key(id));
            return Optional.ofNullable(rows.result(text));
        });
    }

    @Override
    public boolean retry(String id, Instant now) {
        return transactions.run("make a dead letter due", sql -> sql.update(Statements.RETRY, now, now, Ids.key(id)))
                == 1;
    }

    @Override
    public boolean discard(String id, Instant forgetAt, Instant now) {
        return transactions.run("discard a dead letter", sql -> {
            sql.durable = true;
            return sql.update(Statements.DISCARD, forgetAt, now, Ids.key(id)) == 1;
        });
    }

    @Override
    public int retryAll(int limit, Instant now) {
        return transactions.run("make dead letters due", sql -> {
            List<@Nullable Object[]> due = new ArrayList<>();
            for (WorkQueue queue : List.of(WorkQueue.RETRY, WorkQueue.HUNG)) {
                String query = Statements.RETRYABLE + sql.database().atMost(limit);
                due.addAll(
                        sql.list(limit, row -> new @Nullable Object[] {now, now, row.getString(1)}, query, queue, now));
            }
            return sql.batch(Statements.RETRY, due).length;
        });
    }

    @Override
    public Counts counts() {
        return transactions.run("count its items", sql -> {
            sql.within(STATISTICS_SECONDS);
            if (sql.database() == Database.POSTGRESQL) {
                // Else it may read the whole table instead of a large part of an index.
                sql.update("SET LOCAL random_page_cost = 1");
            }
            Rows.Tally ready = tally(sql, Statements.queue(WorkQueue.DELIVER), Counts.MOST);
            Rows.Tally dead = sql.required(
                    Rows::tally, Statements.count(sql.database(), "dead_since", Statements.OLDEST_DEAD, Counts.MOST));
            Instant earliestDue = Stream.of(
                            ready,
                            tally(sql, Statements.queue(WorkQueue.RETRY), 1),
                            tally(sql, Statements.queue(WorkQueue.HUNG), 1))
                    .map(Rows.Tally::first)
                    .filter(Objects::nonNull)
                    .min(Comparator.naturalOrder())
                    .orElse(null);
            // The limit is not known before the first arrival.
            int most = Math.max(1, maxUntracked);
            untracked.set(tally(sql, Statements.untracked(WorkQueue.POLL), most).items()
                    + tally(sql, Statements.untracked(WorkQueue.DELIVER), most).items());
            return new Counts(
                    tally(sql, Statements.queue(WorkQueue.ASK), Counts.MOST).items()
                            + tally(sql, Statements.queue(WorkQueue.POLL), Counts.MOST)
                                    .items(),
                    ready.items(),
                    dead.items(),
                    earliestDue,
                    dead.first());
        });
    }

    private static Rows.Tally tally(Sql sql, String sorted, int most) throws SQLException {
        return sql.required(Rows::tally, Statements.count(sql.database(), "due_at", sorted, most));
    }

    @Override
    public @Nullable Instant now() {
        long now = transactions.run("read its clock", this::storeNow);
        return transactions.embedded == null ? Instant.ofEpochMilli(now) : null;
    }

    @Override
    public int forget(Instant now, int most) {
        int forgotten = transactions.run(
                "forget what has ended",
                sql -> Math.max(
                        sql.update(sql.database().delete("grant_key", Statements.OLD_GRANTS, most), now),
                        sql.update(sql.database().delete("item_key", Statements.OLD_ITEMS, most), now)));
        EmbeddedH2 embedded = transactions.embedded;
        if (embedded != null && forgotten < most && transactions.run("look at its file", EmbeddedH2::isMostlyEmpty)) {
            transactions.compact(embedded);
        }
        return forgotten;
    }

    @Override
    public void close() {
        transactions.close();
    }
}
