package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.Claim;
import com.playtcha.jakarta.internal.late.store.Counts;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.Incoming;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Items in tables that several nodes may share. Thread-safe. */
public final class JdbcLateStore implements LateStore {
    private static final int STATISTICS_SECONDS = 5;

    private final Transactions transactions;
    private final ResultText results;
    private final Rows rows;
    private final Arrivals arrivals;
    private final Claims claims;
    private @Nullable EmbeddedH2 embedded;
    private volatile @Nullable Database database;

    private JdbcLateStore(
            Transactions.ConnectionSource connections,
            ResultText results,
            Duration statementTimeout,
            @Nullable Clock leaseClock) {
        int timeoutSeconds = Math.toIntExact(Math.max(1, statementTimeout.toSeconds()));
        this.transactions = new Transactions(connections, timeoutSeconds);
        this.results = results;
        this.rows = new Rows(results);
        this.arrivals = new Arrivals(results);
        this.claims = new Claims(rows, timeoutSeconds, leaseClock);
    }

    /**
     * Returns a store that opens the database and creates its tables at the first use, so that an application starts also
     * while its database is down.
     */
    public static JdbcLateStore of(DataSource dataSource, ResultText results, Duration statementTimeout) {
        return new JdbcLateStore(dataSource::getConnection, results, statementTimeout, null);
    }

    /** Returns a store on unpooled connections, for the admin command. */
    static JdbcLateStore direct(Transactions.ConnectionSource connections, ResultText results, Duration timeout) {
        return new JdbcLateStore(connections, results, timeout, null);
    }

    /** Returns a store whose leases use another clock than the database's. */
    static JdbcLateStore withLeaseClock(DataSource dataSource, ResultText results, Clock clock) {
        return new JdbcLateStore(dataSource::getConnection, results, Duration.ofSeconds(10), clock);
    }

    private Database database() {
        Database known = database;
        if (known != null) {
            return known;
        }
        synchronized (this) {
            known = database;
            if (known == null) {
                known = transactions.run("be opened", (connection, sql) -> Database.of(connection));
                Database opened = known;
                transactions.run("be opened", (connection, sql) -> {
                    transactions.flushBy(opened.flush(connection));
                    transactions.isolateBy(connection, opened.isolation());
                    return true;
                });
                new Schema(transactions, known).prepare();
                if (transactions.areInTurns()) {
                    transactions.run("be opened", (connection, sql) -> sql.update(Statements.END_LEASES));
                }
                database = known;
            }
            return known;
        }
    }

    private <T> T run(String what, Transactions.Work<T> work) {
        database();
        return transactions.run(what, work);
    }

    /** Runs a transaction that is durable when this returns. */
    private <T> T runDurably(String what, Transactions.Work<T> work) {
        database();
        return transactions.runDurably(what, work);
    }

    private boolean changed(String what, Transactions.Work<Integer> work) {
        return run(what, work) == 1;
    }

    @Override
    public List<Arrival> takeAll(List<Incoming> batch, int maxUntracked, Instant now) {
        return runDurably("take what arrives", (connection, sql) -> arrivals.takeAll(sql, batch, maxUntracked, now));
    }

    @Override
    public List<Lease> claim(Claim claim) {
        Database known = database();
        Transactions.Work<List<Lease>> work = (connection, sql) -> claims.claim(known, connection, sql, claim);
        if (claim.lane() != WorkQueue.ASK) {
            return run("claim items", work);
        }
        // A poll redeems the token, so its claim must be durable. The query before avoids a flush where nothing is due.
        return run("look for items", (connection, sql) -> claims.hasCandidates(known, connection, sql, claim))
                ? runDurably("claim items", work)
                : List.of();
    }

    @Override
    public boolean reschedule(
            Lease lease, Instant dueAt, int attempts, boolean sent, @Nullable String error, Instant now) {
        String key = Ids.key(lease.id());
        return changed("give an item back", (connection, sql) -> {
            int given = sql.update(
                    Statements.RESCHEDULE,
                    dueAt.toEpochMilli(),
                    attempts,
                    sent ? 1 : 0,
                    now.toEpochMilli(),
                    key,
                    lease.fence());
            if (given == 1 && error != null) {
                sql.update(Statements.ERROR, bounded(error), key);
            }
            return given;
        });
    }

    private static String bounded(String error) {
        return AsciiText.encode(AsciiText.bounded(error));
    }

    @Override
    public boolean resolve(Lease lease, LateResult result, Instant now) {
        Settlement resolved = new Settlement.Resolved(lease, result);
        return runDurably(
                        "record a result",
                        (connection, sql) -> sql.update(statement(resolved), parameters(resolved, now)))
                == 1;
    }

    @Override
    public HandlerTransaction transaction(Lease lease) {
        database();
        return new JdbcHandlerTransaction(transactions, lease);
    }

    @Override
    public boolean isHeld(Lease lease) {
        return run("check a lease", (connection, sql) -> isHeld(sql, lease));
    }

    static boolean isHeld(Sql sql, Lease lease) throws SQLException {
        return sql.first(row -> row.getLong(1), Statements.HELD, Ids.key(lease.id()), lease.fence()) != null;
    }

    @Override
    public List<Boolean> settle(List<Settlement> settlements, Instant now) {
        // In one order on all nodes, so that they do not deadlock.
        List<Integer> order = IntStream.range(0, settlements.size())
                .boxed()
                .sorted(Comparator.comparing(
                        i -> Ids.key(settlements.get(i).lease().id())))
                .toList();
        return run("record how handlers ended", (connection, sql) -> {
            Map<String, List<Integer>> byStatement = new LinkedHashMap<>();
            order.forEach(i -> byStatement
                    .computeIfAbsent(statement(settlements.get(i)), statement -> new ArrayList<>())
                    .add(i));
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
            return new @Nullable Object[] {
                (failed.hung() ? WorkQueue.HUNG : WorkQueue.RETRY).name(),
                bounded(failed.error()),
                failed.dueAt().toEpochMilli(),
                now.toEpochMilli(),
                now.toEpochMilli(),
                key,
                lease.fence()
            };
        }
        if (settlement instanceof Settlement.Resolved resolved) {
            LateResult result = resolved.result();
            return new @Nullable Object[] {
                now.toEpochMilli(),
                now.toEpochMilli(),
                result.getAttempts(),
                result.getOutcome().name(),
                ResultText.digest(result),
                results.write(result),
                key,
                lease.fence()
            };
        }
        return new @Nullable Object[] {key, lease.fence()};
    }

    /** Returns the parameters of the statement that ends an item. */
    static @Nullable Object[] completion(Lease lease, Instant forgetAt, Instant now) {
        LateResult result = lease.result();
        boolean expired = result != null && result.getOutcome() == LateOutcome.EXPIRED;
        return new @Nullable Object[] {
            (expired ? LateState.EXPIRED : LateState.DELIVERED).name(),
            forgetAt.toEpochMilli(),
            now.toEpochMilli(),
            Ids.key(lease.id()),
            lease.fence()
        };
    }

    @Override
    public List<LateItem> deadLetters(int most) {
        return run(
                "list dead letters",
                (connection, sql) -> sql
                        .within(STATISTICS_SECONDS)
                        .list(
                                most,
                                Rows::itemIfReadable,
                                Statements.DEAD_LETTERS + database().atMost(most))
                        .stream()
                        .flatMap(Optional::stream)
                        .toList());
    }

    @Override
    public Optional<LateItem> find(String id) {
        return run(
                "look an item up",
                (connection, sql) -> Optional.ofNullable(sql.first(Rows::item, Statements.FIND, Ids.key(id))));
    }

    @Override
    public Optional<LateResult> result(String id) {
        return run("look a result up", (connection, sql) -> {
            String text =
                    sql.first(row -> Objects.requireNonNullElse(row.getString(1), ""), Statements.RESULT, Ids.key(id));
            return Optional.ofNullable(rows.result(text));
        });
    }

    @Override
    public boolean retry(String id, Instant now) {
        String key = Ids.key(id);
        return run("make a dead letter due", (connection, sql) -> {
            Rows.ItemState current = Arrivals.states(sql, List.of(key)).get(key);
            sql.update(Statements.RETRY, now.toEpochMilli(), key, now.toEpochMilli());
            return current != null && current.state() == LateState.DEAD_LETTER;
        });
    }

    @Override
    public boolean discard(String id, Instant forgetAt, Instant now) {
        return runDurably(
                        "discard a dead letter",
                        (connection, sql) -> sql.update(
                                Statements.DISCARD, forgetAt.toEpochMilli(), now.toEpochMilli(), Ids.key(id)))
                == 1;
    }

    @Override
    public int retryAll(int limit, Instant now) {
        return run("make dead letters due", (connection, sql) -> {
            List<@Nullable Object[]> due = new ArrayList<>();
            for (WorkQueue queue : List.of(WorkQueue.RETRY, WorkQueue.HUNG)) {
                int most = Math.max(1, limit - due.size());
                due.addAll(sql.list(
                        most,
                        row -> new @Nullable Object[] {now.toEpochMilli(), row.getString(1), now.toEpochMilli()},
                        Statements.RETRYABLE + database().atMost(most),
                        queue.name(),
                        now.toEpochMilli()));
            }
            return Math.min(limit, sql.batch(Statements.RETRY, due).length);
        });
    }

    @Override
    public void ensureDiscarded(String id, LateKind kind, Instant forgetAt, Instant now) {
        runDurably("discard an item", (connection, sql) -> arrivals.ensureDiscarded(sql, id, kind, forgetAt, now));
    }

    @Override
    public Counts counts() {
        Database known = database();
        return run("count its items", (connection, sql) -> {
            Sql limited = sql.within(STATISTICS_SECONDS);
            if (known == Database.POSTGRESQL) {
                // Else it may read the whole table instead of a large part of an index.
                limited.update("SET LOCAL random_page_cost = 1");
            }
            Rows.Tally verdicts = tally(limited, Statements.countQueue(known, WorkQueue.ASK, Counts.MOST));
            Rows.Tally tasks = tally(limited, Statements.countQueue(known, WorkQueue.POLL, Counts.MOST));
            Rows.Tally ready = tally(limited, Statements.countQueue(known, WorkQueue.DELIVER, Counts.MOST));
            Rows.Tally dead = tally(limited, Statements.countDead(known, Counts.MOST));
            Rows.Tally retry = tally(limited, Statements.countQueue(known, WorkQueue.RETRY, 1));
            Rows.Tally hung = tally(limited, Statements.countQueue(known, WorkQueue.HUNG, 1));
            arrivals.untracked()
                    .correct(most -> tally(limited, Statements.countUntracked(known, WorkQueue.POLL, most))
                                    .items()
                            + tally(limited, Statements.countUntracked(known, WorkQueue.DELIVER, most))
                                    .items());
            return new Counts(
                    verdicts.items() + tasks.items(),
                    ready.items(),
                    dead.items(),
                    ready.first(),
                    dead.first(),
                    Counts.earlier(retry.first(), hung.first()));
        });
    }

    private static Rows.Tally tally(Sql sql, String query) throws SQLException {
        return Objects.requireNonNull(sql.first(Rows::tally, query));
    }

    @Override
    public @Nullable Instant now() {
        Database known = database();
        long now = run("read its clock", (connection, sql) -> claims.storeNow(known, connection));
        return transactions.areInTurns() ? null : Instant.ofEpochMilli(now);
    }

    @Override
    public int forget(Instant now, int most) {
        Database known = database();
        return run("forget what has ended", (connection, sql) -> {
            long until = now.toEpochMilli();
            return Math.max(
                    sql.update(known.delete("grant_key", Statements.OLD_GRANTS, most), until),
                    sql.update(known.delete("item_key", Statements.OLD_ITEMS, most), until));
        });
    }

    /**
     * Lets one thread at a time use the database, except for handlers. For an embedded database only, since H2 has lost
     * concurrent commits when its process died. Leases found when it is opened belong to a process that has ended, so they
     * end at once.
     */
    public JdbcLateStore writingInTurns() {
        transactions.writeInTurns();
        return this;
    }

    /** Sets the database that is closed with this store. */
    JdbcLateStore closing(EmbeddedH2 owned) {
        this.embedded = owned;
        transactions.abortBy(owned::abort);
        return this;
    }

    @Override
    public void close() {
        EmbeddedH2 owned = embedded;
        if (owned != null) {
            transactions.close(owned::close);
        }
    }
}
