package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.Claim;
import com.playtcha.jakarta.internal.late.store.Counts;
import com.playtcha.jakarta.internal.late.store.FailOpenRecord;
import com.playtcha.jakarta.internal.late.store.HandlerException;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Items in tables that several nodes may share. Thread-safe. */
public final class JdbcLateStore implements LateStore {
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
                    transactions.isolateBy(opened.isolation());
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
    public List<AcceptResult> trackFailOpen(List<FailOpenRecord> records, Instant now) {
        // In one order on all nodes, so that they do not deadlock.
        List<Integer> order = IntStream.range(0, records.size())
                .boxed()
                .sorted(Comparator.comparing(i -> records.get(i).grant()))
                .toList();
        return runDurably("track unverified requests", (connection, sql) -> {
            AcceptResult[] outcomes = new AcceptResult[records.size()];
            for (int i : order) {
                outcomes[i] = arrivals.trackFailOpen(sql, records.get(i), now);
            }
            return Arrays.asList(outcomes);
        });
    }

    @Override
    public Tracked track(NewItem item, Instant now) {
        return runDurably("track a task", (connection, sql) -> arrivals.track(sql, item, now));
    }

    @Override
    public AcceptResult pollNow(NewItem item, int maxUntracked, Instant now) {
        return runDurably("make a task due", (connection, sql) -> arrivals.pollNow(sql, item, maxUntracked, now));
    }

    @Override
    public Arrival arrive(LateResult result, int maxUntracked, Instant now) {
        return runDurably("take a result", (connection, sql) -> arrivals.arrive(sql, result, maxUntracked, now));
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
        return runDurably(
                        "record a result",
                        (connection, sql) -> sql.update(
                                Statements.RESOLVE,
                                now.toEpochMilli(),
                                now.toEpochMilli(),
                                result.getAttempts(),
                                result.getOutcome().name(),
                                ResultText.digest(result),
                                results.write(result),
                                Ids.key(lease.id()),
                                lease.fence()))
                == 1;
    }

    @Override
    public boolean deliver(Lease lease, Instant forgetAt, Instant now, HandlerCall call) throws HandlerException {
        database();
        LateResult result = lease.result();
        LateState end =
                result != null && result.getOutcome() == LateOutcome.EXPIRED ? LateState.EXPIRED : LateState.DELIVERED;
        try {
            return transactions.<Boolean, HandlerException>once((connection, sql) -> {
                // Also fails on a broken connection, before the handler is called.
                if (sql.first(row -> row.getLong(1), Statements.HELD, Ids.key(lease.id()), lease.fence()) == null) {
                    return false;
                }
                int opening = transactions.opening();
                transactions.leaveTurn();
                try (HandlerConnection lent =
                        new HandlerConnection(connection, () -> transactions.requireOpen(opening))) {
                    call.run(new JdbcDelivery(lease.failures() + 1, lent.connection()));
                } catch (Throwable e) {
                    throw new HandlerException(e);
                }
                transactions.takeTurn();
                transactions.requireOpen(opening);
                int completed = sql.update(
                        Statements.COMPLETE,
                        end.name(),
                        forgetAt.toEpochMilli(),
                        now.toEpochMilli(),
                        Ids.key(lease.id()),
                        lease.fence());
                if (completed == 0) {
                    connection.rollback();
                }
                return completed == 1;
            });
        } catch (SQLException e) {
            throw new StoreException("The store could not record a delivery: " + Transactions.describe(e), e);
        }
    }

    @Override
    public boolean fail(Lease lease, String error, Instant dueAt, Instant now) {
        String key = Ids.key(lease.id());
        return changed("record a failure", (connection, sql) -> {
            int failed = sql.update(
                    Statements.FAIL, bounded(error), dueAt.toEpochMilli(), now.toEpochMilli(), key, lease.fence());
            if (failed == 1) {
                sql.update(Statements.DEAD_SINCE, now.toEpochMilli(), key);
            }
            return failed;
        });
    }

    @Override
    public boolean release(Lease lease) {
        return changed(
                "give an item back",
                (connection, sql) -> sql.update(Statements.RELEASE, Ids.key(lease.id()), lease.fence()));
    }

    @Override
    public List<LateItem> deadLetters(int most) {
        return run(
                "list dead letters",
                (connection, sql) ->
                        sql
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
            Rows.ItemState current = Arrivals.itemState(sql, key);
            sql.update(Statements.RETRY, now.toEpochMilli(), key, now.toEpochMilli());
            return current != null && current.state() == LateState.DEAD_LETTER;
        });
    }

    @Override
    public boolean discard(String id, Instant forgetAt, Instant now) {
        return changed(
                "discard a dead letter",
                (connection, sql) ->
                        sql.update(Statements.DISCARD, forgetAt.toEpochMilli(), now.toEpochMilli(), Ids.key(id)));
    }

    @Override
    public int retryAll(int limit, Instant now) {
        return run("make dead letters due", (connection, sql) -> {
            List<String> keys = sql.list(
                    limit,
                    row -> row.getString(1),
                    Statements.RETRYABLE + database().atMost(limit),
                    now.toEpochMilli());
            for (String key : keys) {
                sql.update(Statements.RETRY, now.toEpochMilli(), key, now.toEpochMilli());
            }
            return keys.size();
        });
    }

    @Override
    public void ensureDiscarded(String id, LateKind kind, Instant forgetAt, Instant now) {
        runDurably("discard an item", (connection, sql) -> arrivals.ensureDiscarded(sql, id, kind, forgetAt, now));
    }

    @Override
    public Counts counts() {
        return run("count its items", (connection, sql) -> {
            List<Counts> parts = sql.list(LateState.values().length, Rows::count, Statements.COUNTS);
            return parts.stream().reduce(Counts.NONE, Counts::plus);
        });
    }

    @Override
    public int forget(Instant now, int most) {
        return run("forget what has ended", (connection, sql) -> {
            sql.update(Statements.FORGET_GRANTS, now.toEpochMilli());
            List<String> keys = sql.list(
                    most,
                    row -> row.getString(1),
                    Statements.FORGETTABLE + database().atMost(most),
                    now.toEpochMilli());
            int forgotten = 0;
            for (String key : keys) {
                forgotten += sql.update(Statements.FORGET, key);
            }
            return forgotten;
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

    private record JdbcDelivery(int attempt, Connection connection) implements Delivery {
        @Override
        public int getAttempt() {
            return attempt;
        }

        @Override
        public <T> Optional<T> unwrap(Class<T> type) {
            return type == Connection.class ? Optional.of(type.cast(connection)) : Optional.empty();
        }
    }
}
