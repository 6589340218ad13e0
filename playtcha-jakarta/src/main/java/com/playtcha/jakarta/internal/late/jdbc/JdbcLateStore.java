package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.jdbc.Sql.Change;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.LateStore.Claim;
import com.playtcha.jakarta.internal.late.store.LateStore.Counts;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
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
    static final int STATISTICS_SECONDS = 5;
    /** How many rows are read at once after some that cannot be read. */
    private static final int MORE_FAILED = 500;

    private final Transactions transactions;
    private final ResultText results;
    private final Rows rows;
    private final Arrivals arrivals;

    /** Creates a store that opens the database at its first use. */
    JdbcLateStore(Transactions transactions, ResultText results) {
        this.transactions = transactions;
        this.results = results;
        this.rows = new Rows(results);
        this.arrivals = new Arrivals(transactions, results);
    }

    /** Returns the embedded store, opened at its first use. */
    public static LateStore embedded(
            Path directory, @Nullable ClassLoader loader, ResultText results, boolean mayBeUnproven) {
        EmbeddedH2 database = EmbeddedH2.in(directory, loader);
        return new JdbcLateStore(new Transactions(database::getConnection, database, null, mayBeUnproven), results);
    }

    /** Returns a store that fails at each call, for a command that has the spool only. */
    public static LateStore none(ResultText results) {
        Transactions.ConnectionSource none = () -> {
            throw new SQLException("there is no database", "08001");
        };
        return new JdbcLateStore(new Transactions(none, null, null, false), results);
    }

    /**
     * Returns a store in a data source, which is a bean or else the server's, opened at its first use. The caller's
     * thread must have the application's naming context.
     *
     * @param mayBeUnproven whether versions of databases are used that the store was not proven on
     */
    public static LateStore named(String name, @Nullable Object bean, ResultText results, boolean mayBeUnproven) {
        Object found = bean == null ? lookUp(name) : bean;
        if (found instanceof DataSource dataSource) {
            return new JdbcLateStore(new Transactions(dataSource::getConnection, null, null, mayBeUnproven), results);
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
    public List<@Nullable AcceptOutcome> takeAll(List<Arrival> batch, int maxUntracked, LeaseTerms terms, Instant now) {
        return arrivals.takeAll(batch, maxUntracked, terms, now);
    }

    @Override
    public LateItem track(NewItem item, Connection connection, Instant now) {
        transactions.prepare();
        try {
            JtaTransactions.requireTransaction(connection, "track");
            Sql sql = transactions.on(connection);
            AcceptOutcome outcome = new ArrivalWriter(sql, new ItemRows(results, LeaseTerms.NONE, now), 0)
                    .takeAll(List.of(new Arrival.Track(item)))
                    .get(0);
            boolean hasSnapshot = connection.getTransactionIsolation() > Connection.TRANSACTION_READ_COMMITTED;
            if (outcome.before() == null && hasSnapshot) {
                String key = Ids.key(item.id());
                sql.update(Statements.TRY_TO_END, LateState.DISCARDED, now, now, key);
                sql.update(Statements.DELETE_TRIED, key);
            }
            return Objects.requireNonNull(outcome.item());
        } catch (SQLException e) {
            String what = "track an item in the caller's transaction";
            boolean isThere = Transactions.state(e).startsWith("23");
            throw Transactions.failureOfCaller(
                    isThere
                            ? what
                                    + ", since its id came, or ended, beside that transaction: roll it back and repeat it"
                            : what,
                    e);
        }
    }

    @Override
    public List<Lease> claim(Claim claim) {
        return transactions.run("claim items", sql -> new Claims(sql, rows, claim).claim());
    }

    @Override
    public List<Renewal> renew(List<Lease> leases, Duration duration) {
        List<String> keys = leases.stream().map(lease -> Ids.key(lease.id())).toList();
        return transactions.run("renew leases", sql -> {
            Map<String, Long> free = fences(sql, keys, " FOR UPDATE SKIP LOCKED");
            List<@Nullable Object[]> renewed = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                long fence = leases.get(i).fence();
                if (Objects.equals(free.get(keys.get(i)), fence)) {
                    renewed.add(new @Nullable Object[] {duration.toMillis(), keys.get(i), fence});
                }
            }
            sql.batch(Statements.RENEW, renewed);
            Map<String, Long> all = renewed.size() == keys.size() ? free : fences(sql, keys, "");
            return IntStream.range(0, keys.size())
                    .mapToObj(i -> {
                        Long fence = leases.get(i).fence();
                        return fence.equals(free.get(keys.get(i)))
                                ? Renewal.RENEWED
                                : fence.equals(all.get(keys.get(i))) ? Renewal.LOCKED : Renewal.LOST;
                    })
                    .toList();
        });
    }

    /** Returns the fences of leased items by their keys. */
    private static Map<String, Long> fences(Sql sql, List<String> keys, String lock) throws SQLException {
        Map<String, Long> fences = new HashMap<>();
        sql.list(
                keys.size(),
                row -> fences.put(row.getString(1), row.getLong(2)),
                Statements.leased(keys.size()) + lock,
                Statements.padded(keys).toArray());
        return fences;
    }

    private static String bounded(String error) {
        return AsciiText.encode(AsciiText.bounded(error));
    }

    @Override
    public HandlerTransaction transaction(Lease lease, Duration timeLimit) {
        return new JdbcHandlerTransaction(transactions, lease, timeLimit);
    }

    @Override
    public boolean isLeaseValid(Lease lease) {
        return transactions.run("check a lease", sql -> isLeaseValid(sql, lease));
    }

    static boolean isLeaseValid(Sql sql, Lease lease) throws SQLException {
        return sql.exists(Statements.VALID_LEASE, Ids.key(lease.id()), lease.fence());
    }

    @Override
    public boolean isDelivered(Settlement.Delivered delivered) {
        String key = Ids.key(delivered.lease().id());
        // In this order, since the item may be moved in between.
        return transactions.run(
                "look whether a delivery was recorded",
                sql -> sql.exists(
                                Statements.DELIVERED_IN_PLACE,
                                key,
                                delivered.lease().fence() + 1)
                        || sql.exists(Statements.DELIVERED_APART, key, delivered.purgeAt()));
    }

    @Override
    public List<Boolean> settle(List<Settlement> settlements, Instant now) {
        List<Change> changes =
                settlements.stream().map(each -> change(each, now)).toList();
        // In one order on all nodes, so that they do not deadlock.
        Map<String, List<Change>> byStatement = changes.stream()
                .sorted(Comparator.comparing(Change::key))
                .collect(Collectors.groupingBy(Change::statement, TreeMap::new, Collectors.toList()));
        return transactions.run("record how work on items ended", sql -> {
            // A token whose result were lost would be polled for again, in vain.
            sql.durable = byStatement.containsKey(Statements.RESOLVE);
            // The thread of a poll may wait, and what it has learnt is not recorded again.
            if (!byStatement.containsKey(Statements.RESCHEDULE)) {
                sql.waitBriefly();
            }
            if (byStatement.keySet().equals(Set.of(Statements.END_IN_PLACE))) {
                sql.commitWithNext();
            }
            Set<Change> valid = new HashSet<>();
            for (Map.Entry<String, List<Change>> each : byStatement.entrySet()) {
                String statement = each.getKey();
                valid.addAll(
                        statement.equals(Statements.END_IN_PLACE)
                                ? transactions.endedItems(sql).end(each.getValue())
                                : sql.changed(statement, each.getValue(), Change::parameters));
            }
            return changes.stream().map(valid::contains).toList();
        });
    }

    private Change change(Settlement settlement, Instant now) {
        Lease lease = settlement.lease();
        String key = Ids.key(lease.id());
        long fence = lease.fence();
        if (settlement instanceof Settlement.Delivered delivered) {
            return completion(lease, delivered.purgeAt(), now);
        }
        if (settlement instanceof Settlement.Failed failed) {
            String error = bounded(failed.error());
            return new Change(
                    key,
                    Statements.FAIL,
                    failed.next(),
                    failed.failures(),
                    error,
                    failed.dueAt(),
                    now,
                    now,
                    key,
                    fence);
        }
        if (settlement instanceof Settlement.Rescheduled next) {
            String error = next.error() == null ? null : bounded(next.error());
            return new Change(
                    key, Statements.RESCHEDULE, next.dueAt(), next.attempts(), next.sent(), now, error, key, fence);
        }
        if (settlement instanceof Settlement.Resolved resolved) {
            ItemRows unleased = new ItemRows(results, LeaseTerms.NONE, now);
            return new Change(
                    key, Statements.RESOLVE, unleased.resolution(resolved.result(), lease.expiresAt(), key, fence));
        }
        boolean called = lease.called() || (settlement instanceof Settlement.Released released && released.called());
        return new Change(key, Statements.RELEASE, called, key, fence);
    }

    /** Returns how an item is ended. */
    static Change completion(Lease lease, Instant purgeAt, Instant now) {
        LateResult result = lease.result();
        boolean expired = result != null && result.getOutcome() == LateOutcome.EXPIRED;
        LateState state = expired ? LateState.EXPIRED : LateState.DELIVERED;
        String key = Ids.key(lease.id());
        return new Change(key, Statements.END_IN_PLACE, state, purgeAt, now, key, lease.fence());
    }

    @Override
    public List<LateItem> failed(FailedQuery query) {
        return transactions.run("list items that failed", sql -> {
            sql.within(STATISTICS_SECONDS);
            List<@Nullable Object> parameters = new ArrayList<>();
            if (query.failedBefore() != null) {
                parameters.add(query.failedBefore());
            }
            if (query.error() != null) {
                parameters.add("%" + AsciiText.encode(query.error()).replaceAll("[!%_]", "!$0") + "%");
            }
            List<LateItem> items = new ArrayList<>();
            for (FailedQuery part = query; part != null; ) {
                List<Rows.Failed> rows = failed(sql, part, parameters);
                rows.stream()
                        .flatMap(each -> each.item().stream())
                        .filter(item -> hasError(item, query.error()))
                        .forEach(items::add);
                // A row that cannot be read, or was not meant, must not look like the end of the list.
                boolean isFull = rows.size() == part.limit() && items.size() < query.limit();
                part = isFull ? part.after(rows.get(rows.size() - 1).position(), MORE_FAILED) : null;
            }
            return items.size() <= query.limit() ? items : List.copyOf(items.subList(0, query.limit()));
        });
    }

    /** The database compares texts as they are stored, where "500" is a part of an escaped character, too. */
    private static boolean hasError(LateItem item, @Nullable String text) {
        String error = item.getLastError();
        return text == null || (error != null && error.contains(text));
    }

    private static List<Rows.Failed> failed(Sql sql, FailedQuery query, List<@Nullable Object> filters)
            throws SQLException {
        List<@Nullable Object> parameters = new ArrayList<>(filters);
        FailedQuery.Position after = query.after();
        if (after != null) {
            parameters.addAll(List.of(after.failedSince(), after.failedSince(), after.key()));
        }
        return sql.list(query.limit(), Rows::failed, Statements.failed(query, sql.database()), parameters.toArray());
    }

    @Override
    public Optional<LateItem> find(String id) {
        String key = Ids.key(id);
        return transactions.run(
                "look an item up",
                sql -> Optional.ofNullable(
                                Rows.current(sql, List.of(key), Map.of(key, id)).get(key))
                        .map(Rows.ItemState::item));
    }

    @Override
    public Optional<LateResult> result(String id) {
        return transactions.run("look a result up", sql -> {
            String text = sql.first(row -> row.getString(1), Statements.RESULT, Ids.key(id));
            return Optional.ofNullable(rows.result(text));
        });
    }

    @Override
    public int retry(Collection<String> ids, Instant now) {
        return transactions.run(
                "make items due",
                sql -> sql.changed(Statements.RETRY, inOrder(ids), id ->
                                new @Nullable Object[] {now, now, now, Ids.key(id)})
                        .size());
    }

    @Override
    public Set<String> discard(Collection<String> ids, Instant purgeAt, Instant now) {
        return transactions.run("discard items", sql -> {
            sql.durable = true;
            return sql.changed(
                    Statements.DISCARD, inOrder(ids), id -> new @Nullable Object[] {purgeAt, now, Ids.key(id)});
        });
    }

    /** In one order on all nodes, so that they do not deadlock. */
    private static List<String> inOrder(Collection<String> ids) {
        return ids.stream().sorted(Comparator.comparing(Ids::key)).toList();
    }

    @Override
    public void setPaused(boolean paused) {
        transactions.run("pause handlers", sql -> {
            sql.durable = true;
            // Read first, since a driver may not count a row that stays as it was (MariaDB's useAffectedRows).
            boolean isThere = sql.exists(Statements.PAUSED);
            return sql.update(isThere ? Statements.SET_PAUSED : Statements.ADD_PAUSED, paused);
        });
    }

    @Override
    public Heartbeat beat(Instant now) {
        return transactions.run("read its clock", sql -> {
            long time = sql.now();
            Integer paused = sql.first(row -> row.getInt(1), Statements.PAUSED);
            return new Heartbeat(
                    transactions.embedded == null ? Instant.ofEpochMilli(time) : null,
                    paused != null && paused == 1,
                    claimable(sql, WorkQueue.CLAIMED, false, now),
                    claimable(sql, WorkQueue.AWAITED, true, now));
        });
    }

    @Override
    public void warmUp(Instant now) {
        // Of its own, so that nodes which start together do not wait for each other.
        String id = UUID.randomUUID().toString();
        NewItem visitor = new NewItem(id, LateKind.LATE_VERDICT, id, id, false, now, now, now);
        Arrival arrival = new Arrival.FailOpen(visitor, Ids.digest(id), now);
        transactions.prepare();
        // Rolled back when it is closed.
        try (Transactions.Session session = transactions.begin()) {
            new ArrivalWriter(session, new ItemRows(results, LeaseTerms.NONE, now), 1).takeAll(List.of(arrival));
        } catch (SQLException e) {
            throw Transactions.failure("be written to", e);
        }
    }

    private static Set<WorkQueue> claimable(Sql sql, Set<WorkQueue> queues, boolean expired, Instant now)
            throws SQLException {
        Set<WorkQueue> found = EnumSet.noneOf(WorkQueue.class);
        for (WorkQueue queue : queues) {
            if (sql.exists(Statements.first(queue, expired, sql.database()), now)) {
                found.add(queue);
            }
        }
        return found;
    }

    @Override
    public Counts counts() {
        return transactions.run("count its items", sql -> {
            sql.within(STATISTICS_SECONDS);
            if (sql.database() == Database.POSTGRESQL) {
                // Else it may read the whole table instead of a large part of an index.
                sql.update("SET LOCAL random_page_cost = 1");
            }
            Rows.Tally ready = inQueue(sql, WorkQueue.DELIVER);
            Rows.Tally retry = inQueue(sql, WorkQueue.RETRY);
            Rows.Tally hung = inQueue(sql, WorkQueue.HUNG);
            Rows.Tally dead = inQueue(sql, WorkQueue.DEAD);
            long retrying = retry.items() + hung.items();
            Instant oldest = retrying == 0
                    ? null
                    : sql.required(
                                    Rows::tally,
                                    Statements.count(sql.database(), "dead_since", Statements.OLDEST_RETRYING, 1))
                            .first();
            Instant earliestDue = Stream.of(ready, retry, hung)
                    .map(Rows.Tally::first)
                    .filter(Objects::nonNull)
                    .min(Comparator.naturalOrder())
                    .orElse(null);
            arrivals.countUntracked(sql);
            return new Counts(
                    inQueue(sql, WorkQueue.VERDICT_POLL).items()
                            + inQueue(sql, WorkQueue.TASK_POLL).items(),
                    ready.items(),
                    retrying,
                    dead.items(),
                    earliestDue,
                    oldest,
                    dead.first());
        });
    }

    private static Rows.Tally inQueue(Sql sql, WorkQueue queue) throws SQLException {
        return tally(sql, Statements.inQueue(queue), Counts.MAX);
    }

    static Rows.Tally tally(Sql sql, String sorted, int most) throws SQLException {
        return sql.required(Rows::tally, Statements.count(sql.database(), "due_at", sorted, most));
    }

    @Override
    public int purge(Instant now, int limit) {
        int purged = transactions.run("purge what has ended", sql -> {
            transactions.readVersion(sql);
            int moved = transactions.endedItems(sql).moveAll(limit);
            // A spooled record of the same token may still come, from before the grant's end.
            Instant oldGrants = now.minus(Arrival.FailOpen.GRANT);
            return Collections.max(List.of(
                    moved,
                    sql.update(sql.database().delete("grant_key", Statements.OLD_GRANTS, limit), oldGrants),
                    sql.update(sql.database().delete("item_key", Statements.OLD_ENDED, limit), now),
                    sql.update(sql.database().delete("item_key", Statements.OLD_ITEMS, limit), now)));
        });
        EmbeddedH2 embedded = transactions.embedded;
        if (embedded != null && purged < limit && transactions.run("look at its file", EmbeddedH2::isMostlyEmpty)) {
            transactions.compact(embedded);
        }
        return purged;
    }

    @Override
    public void close() {
        transactions.close();
    }
}
