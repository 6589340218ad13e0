package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.jdbc.Sql.SqlFunction;
import com.playtcha.jakarta.internal.late.store.LockedException;
import com.playtcha.jakarta.internal.late.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Short transactions of the store's own, outside of the container's. A pooled connection is returned in the mode it came
 * in. The embedded database is used by one thread at a time, handlers excepted, since H2 has lost concurrent commits when its
 * process died; and it is closed when it failed.
 */
final class Transactions {
    private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);
    /** A lost race, such as two nodes that insert one row, is won at the second try. */
    private static final int TRIES = 5;

    /** States that mean that a table does not exist: H2's, MariaDB's and MySQL's, PostgreSQL's. */
    private static final Set<String> NO_TABLE = Set.of("42S02", "42S03", "42S04", "42P01");

    /** Of one statement. */
    static final int TIMEOUT_SECONDS = 10;
    /**
     * How long a driver waits for an answer to a statement, since a server that is gone does not say either that it has cancelled
     * one: without it, each thread that waits for such a server would be lost.
     */
    private static final Duration MAX_SILENCE = Duration.ofSeconds(TIMEOUT_SECONDS + 5);

    private final ConnectionSource connections;
    /** The database where this process alone uses it. */
    final @Nullable EmbeddedH2 embedded;
    /** Held by the thread that uses the embedded database. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Replaces the database's clock, in tests. */
    private final @Nullable Clock leaseClock;

    private final boolean mayBeUnproven;
    /** Set once the driver was seen not to count the rows of a batch. */
    volatile boolean batchCountsUnavailable;

    /** Null until it is opened. */
    private volatile @Nullable Database database;

    private final Lock preparation = new ReentrantLock();
    private volatile boolean prepared;
    private volatile boolean endsInPlace;
    /** Writes commits out where the database does not by itself. */
    private volatile @Nullable String flush;
    /** What sets a transaction's isolation, if that is needed. */
    private volatile @Nullable String readCommitted;
    /** What a transaction of the store's own begins with. */
    private volatile @Nullable String beginning;
    /** How often the embedded database was opened anew; a connection belongs to one generation. Guarded by the lock. */
    private volatile int generation;
    /** Those that are open, handlers' included. */
    private final AtomicInteger sessions = new AtomicInteger();

    private volatile boolean closed;

    /**
     * Creates one that opens the database at its first use.
     *
     * @param leaseClock replaces the database's clock where it is not null
     * @param mayBeUnproven whether a version of a database is used that the store was not proven on
     */
    Transactions(
            ConnectionSource connections,
            @Nullable EmbeddedH2 embedded,
            @Nullable Clock leaseClock,
            boolean mayBeUnproven) {
        this.mayBeUnproven = mayBeUnproven;
        this.connections = connections;
        this.embedded = embedded;
        this.leaseClock = leaseClock;
    }

    /** Opens connections; a {@code DataSource} without the rest. */
    interface ConnectionSource {
        Connection getConnection() throws SQLException;
    }

    /** Creates the tables at the first use, so that an application starts also while its database is down. */
    void prepare() {
        if (prepared) {
            return;
        }
        // No monitor, which would pin a virtual thread that waits for the database.
        preparation.lock();
        try {
            if (!prepared) {
                openDatabase();
                prepared = true;
            }
        } finally {
            preparation.unlock();
        }
    }

    private void openDatabase() {
        repeat("be opened", sql -> {
            Database found = Database.of(sql.connection, mayBeUnproven);
            flush = found.flush(sql.connection);
            if (flush != null) {
                // Shows at once that the user may not.
                sql.update(flush);
            }
            // Compared once, since drivers ask the database for the current isolation.
            readCommitted = found.readCommitted(sql.connection.getTransactionIsolation());
            beginning = found.beginning(readCommitted);
            database = found;
            return true;
        });
        new Schema(this).prepare();
        repeat("be opened", sql -> {
            readVersion(sql);
            return true;
        });
    }

    /** Looks whether nodes of an earlier version may use the tables. */
    void readVersion(Sql sql) throws SQLException {
        endsInPlace = Schema.endsInPlace(sql);
    }

    EndedItems endedItems(Sql sql) {
        return new EndedItems(sql, endsInPlace);
    }

    /** Runs a transaction, again where another was faster: the work has no effects elsewhere. */
    <T> T run(String what, SqlFunction<Sql, T> work) {
        prepare();
        return repeat(what, work);
    }

    private <T> T repeat(String what, SqlFunction<Sql, T> work) {
        for (int tries = 1; ; tries++) {
            try {
                return once(work);
            } catch (SQLException e) {
                String state = state(e);
                // A row that another inserted first; a deadlock or a serialization failure.
                if (tries == TRIES || !(state.startsWith("23") || state.startsWith("40"))) {
                    throw failure(what, e);
                }
            }
        }
    }

    /** Runs a transaction once. */
    <T> T once(SqlFunction<Sql, T> work) throws SQLException {
        try (Session session = begin()) {
            try {
                T result = work.apply(session);
                // A commit may wait for a standby, which the server goes on with when it is not awaited any longer.
                session.unlimitWaits();
                session.commit();
                String flushing = flush;
                if (flushing != null && session.durable) {
                    session.update(flushing);
                }
                return result;
            } catch (SQLException e) {
                session.failed(e);
                throw e;
            }
        }
    }

    @Nullable
    String readCommitted() {
        return readCommitted;
    }

    @Nullable
    Database database() {
        return database;
    }

    /** Returns a statement with the store's time in place of {@link Statements#CLOCK}. */
    String withClock(String sql) {
        Database opened = database;
        return leaseClock != null
                ? sql.replace(Statements.CLOCK, Long.toString(leaseClock.millis()))
                : opened == null ? sql : opened.withClock(sql);
    }

    /** Returns statements in a transaction of the caller's, on its connection. */
    Sql on(Connection connection) {
        return new Sql(connection, this);
    }

    /** Opens a session whose transaction is to be begun. */
    Session open() throws SQLException {
        lockExclusively();
        Connection connection = null;
        try {
            if (closed) {
                throw new SQLException("the database is closed", "08003");
            }
            connection = connections.getConnection();
            sessions.incrementAndGet();
            return new Session(connection, generation);
        } finally {
            if (connection == null) {
                unlock();
            }
        }
    }

    /** Opens a session and begins its transaction, which closing it rolls back unless it was committed. */
    Session begin() throws SQLException {
        Session session = open();
        boolean begun = false;
        try {
            session.begin(beginning);
            if (embedded == null) {
                session.limitWaits(MAX_SILENCE);
            }
            begun = true;
            return session;
        } catch (SQLException e) {
            session.failed(e);
            throw e;
        } finally {
            if (!begun) {
                session.close();
            }
        }
    }

    /** Ends a connection from another thread than its own, where the driver and the pool can. */
    static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException | RuntimeException | AbstractMethodError e) {
            LOG.debug("This driver or pool does not abort connections", e);
        }
    }

    private void lockExclusively() {
        if (embedded != null && !lock.isHeldByCurrentThread()) {
            lock.lock();
        }
    }

    /** Releases the embedded database for other threads; to be called before a handler, while no row lock is held. */
    void unlock() {
        if (lock.isHeldByCurrentThread()) {
            lock.unlock();
        }
    }

    /** Closes the embedded database, which compacts its file, unless a handler uses it. The next use opens it again. */
    void compact(EmbeddedH2 used) {
        lockExclusively();
        try {
            if (sessions.get() == 0 && !closed) {
                used.close();
            }
        } finally {
            unlock();
        }
    }

    /** Closes the embedded database. Later calls are rejected, since they would open it again. */
    void close() {
        if (embedded == null) {
            return;
        }
        try {
            // The thread that holds the lock may hang in a database that failed.
            boolean unused = lock.tryLock(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            closed = true;
            embedded.close();
        } finally {
            unlock();
        }
    }

    /** One transaction. It holds the embedded database's lock from the beginning to the end, unless it unlocks in between. */
    final class Session extends Sql implements AutoCloseable {
        private final int ownGeneration;
        private boolean autoCommit;
        private boolean committed;
        private boolean broken;
        private int networkTimeout = -1;
        private final AtomicBoolean ended = new AtomicBoolean();

        private Session(Connection connection, int ownGeneration) {
            super(connection, Transactions.this);
            this.ownGeneration = ownGeneration;
        }

        /** Begins the transaction with a statement that sets its mode, if there is one. */
        void begin(@Nullable String mode) throws SQLException {
            autoCommit = connection.getAutoCommit();
            if (autoCommit) {
                connection.setAutoCommit(false);
            }
            beginWith(mode);
        }

        /** Limits how long the driver waits for the database, where it can. */
        void limitWaits(Duration limit) {
            try {
                int before = connection.getNetworkTimeout();
                connection.setNetworkTimeout(Runnable::run, (int) Math.min(limit.toMillis(), Integer.MAX_VALUE));
                networkTimeout = before;
            } catch (SQLException | RuntimeException | AbstractMethodError e) {
                LOG.debug("This driver or pool has no network timeout", e);
            }
        }

        private void unlimitWaits() {
            int before = networkTimeout;
            networkTimeout = -1;
            try {
                if (before >= 0) {
                    connection.setNetworkTimeout(Runnable::run, before);
                }
            } catch (SQLException | RuntimeException e) {
                LOG.debug("This driver or pool does not take a network timeout back", e);
            }
        }

        /** Ends the session from another thread: its own one may wait in the driver, or never come back to close it. */
        void abort() {
            Transactions.abort(connection);
            close();
        }

        /** Waits for the embedded database's lock again. */
        void resume() throws SQLException {
            lockExclusively();
            requireOpen();
        }

        /** To be called before a connection is used that was opened a while ago. */
        void requireOpen() throws SQLException {
            if (generation != ownGeneration) {
                throw new SQLException("the database failed meanwhile, and was closed", "08003");
            }
        }

        /** To be called with what a statement threw: the database is closed, or had an error of its own or of its disk. */
        void failed(SQLException e) {
            String state = state(e);
            broken |=
                    state.startsWith("90") || state.startsWith("08") || state.startsWith("58") || state.equals("HY000");
        }

        void commit() throws SQLException {
            resume();
            boolean mayWaitForStandby = database == Database.POSTGRESQL;
            if (mayWaitForStandby) {
                connection.clearWarnings();
            }
            broken = true;
            connection.commit();
            broken = false;
            committed = true;
            if (mayWaitForStandby) {
                requireReplicated(connection.getWarnings());
            }
        }

        @Override
        public void close() {
            if (!ended.compareAndSet(false, true)) {
                return;
            }
            lockExclusively();
            sessions.decrementAndGet();
            try {
                if (embedded == null) {
                    release();
                } else if (ownGeneration == generation && (broken || !release())) {
                    // After a commit that it could not write, H2 has been seen to loop for ever in connections from
                    // before.
                    generation = ownGeneration + 1;
                    if (!closed) {
                        embedded.abort();
                    }
                }
            } finally {
                unlock();
            }
        }

        /** Returns the connection; a failure hides nothing, since the pool discards a broken connection. */
        private boolean release() {
            try (connection) {
                if (!committed) {
                    connection.rollback();
                }
                unlimitWaits();
                if (autoCommit) {
                    connection.setAutoCommit(true);
                }
                return true;
            } catch (SQLException | RuntimeException e) {
                return false;
            }
        }
    }

    static StoreException failure(String what, SQLException e) {
        String message = "The store could not " + what + ": " + describe(e);
        return state(e).equals(Statements.LOCKED) ? new LockedException(message, e) : new StoreException(message, e);
    }

    /** Of a statement on a connection of the application's, which may be one of another data source. */
    static StoreException failureOfCaller(String what, SQLException e) {
        boolean isElsewhere = NO_TABLE.contains(state(e));
        return failure(
                isElsewhere
                        ? what
                                + ", whose connection leads to a database or a schema without the store's tables: use one of the"
                                + " data source that late-datasource names"
                        : what,
                e);
    }

    static String state(SQLException e) {
        String state = e.getSQLState();
        return state == null ? "" : state;
    }

    /** Without the message, in which some drivers quote the statement's values. */
    static String describe(SQLException e) {
        return e.getClass().getSimpleName() + ", SQLSTATE " + state(e) + ", code " + e.getErrorCode();
    }
}
