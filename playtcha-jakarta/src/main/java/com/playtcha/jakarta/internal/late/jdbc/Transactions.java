package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.jdbc.Sql.SqlFunction;
import com.playtcha.jakarta.internal.late.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Short transactions of the store's own, outside of the container's. A pooled connection is returned in the mode it came
 * in. The embedded database is used by one thread at a time, handlers apart, since H2 has lost concurrent commits when its
 * process died; and it is closed when it failed.
 */
final class Transactions {
    /** A lost race, such as two nodes that insert one row, is won at the second try. */
    private static final int TRIES = 5;

    /** Of one statement. */
    private static final int TIMEOUT_SECONDS = 10;

    private final ConnectionSource connections;
    /** The database where this process alone uses it. */
    final @Nullable EmbeddedH2 embedded;
    /** Held by the thread that uses the embedded database. */
    private final ReentrantLock turn = new ReentrantLock();

    private final AtomicBoolean oneByOne = new AtomicBoolean();
    private volatile @Nullable Database database;
    private volatile boolean prepared;
    /** Writes commits out where the database does not by itself. */
    private volatile @Nullable String flush;
    /** The isolation to set where the pool gives a stricter one; 0 leaves what the pool gives. */
    private volatile int isolation;
    /** Which opening of the embedded database connections belong to; changed by the thread that has its turn. */
    private volatile int opening;
    /** Those that are open, handlers' included. */
    private final AtomicInteger sessions = new AtomicInteger();

    private volatile boolean closed;

    Transactions(ConnectionSource connections, @Nullable EmbeddedH2 embedded) {
        this.connections = connections;
        this.embedded = embedded;
    }

    /** Opens connections; a {@code DataSource} without the rest. */
    interface ConnectionSource {
        Connection getConnection() throws SQLException;
    }

    /** Creates the tables at the first use, so that an application starts also while its database is down. */
    void prepare() {
        if (!prepared) {
            prepareOnce();
        }
    }

    private synchronized void prepareOnce() {
        if (prepared) {
            return;
        }
        repeat("be opened", sql -> {
            Database found = Database.of(sql.connection);
            flush = found.flush(sql.connection);
            if (flush != null) {
                // Shows at once that the user may not.
                sql.update(flush);
            }
            // Compared once, since drivers ask the database for the current isolation.
            isolation = sql.connection.getTransactionIsolation() > found.isolation() ? found.isolation() : 0;
            database = found;
            return true;
        });
        new Schema(this).prepare();
        if (embedded != null) {
            // They belong to a process that has ended.
            repeat("be opened", sql -> sql.update(Statements.END_LEASES));
        }
        prepared = true;
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
        try (Session session = open()) {
            try {
                session.begin(isolation);
                T result = work.apply(session);
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

    /** Opens a session whose transaction is to be begun. */
    Session open() throws SQLException {
        takeTurn();
        Connection connection = null;
        try {
            if (closed) {
                throw new SQLException("the database is closed", "08003");
            }
            connection = connections.getConnection();
            sessions.incrementAndGet();
            return new Session(connection, opening);
        } finally {
            if (connection == null) {
                leaveTurn();
            }
        }
    }

    private void takeTurn() {
        if (embedded != null && !turn.isHeldByCurrentThread()) {
            turn.lock();
        }
    }

    /** Ends this thread's turn; to be called before a handler, while no row lock is held. */
    void leaveTurn() {
        if (turn.isHeldByCurrentThread()) {
            turn.unlock();
        }
    }

    /** Closes the embedded database, which compacts its file, unless a handler uses it. The next use opens it again. */
    void compact(EmbeddedH2 used) {
        takeTurn();
        try {
            if (sessions.get() == 0 && !closed) {
                used.close();
            }
        } finally {
            leaveTurn();
        }
    }

    /** Closes the embedded database. Later calls are rejected, since they would open it again. */
    void close() {
        if (embedded == null) {
            return;
        }
        try {
            // The thread that has its turn may hang in a database that failed.
            boolean unused = turn.tryLock(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            closed = true;
            embedded.close();
        } finally {
            leaveTurn();
        }
    }

    /** One transaction. It has its turn from the beginning to the end, unless it leaves it in between. */
    final class Session extends Sql implements AutoCloseable {
        private final int openedIn;
        private boolean autoCommit;
        private int stricter;
        private boolean committed;
        private boolean broken;

        private Session(Connection connection, int openedIn) {
            super(connection, database, TIMEOUT_SECONDS, oneByOne);
            this.openedIn = openedIn;
        }

        void begin(int enough) throws SQLException {
            autoCommit = connection.getAutoCommit();
            if (autoCommit) {
                connection.setAutoCommit(false);
            }
            int current = enough > 0 ? connection.getTransactionIsolation() : 0;
            if (current > enough) {
                stricter = current;
                connection.setTransactionIsolation(enough);
            }
        }

        /** Waits for this thread's turn again. */
        void resume() throws SQLException {
            takeTurn();
            requireOpen();
        }

        /** To be called before a connection is used that was opened a while ago. */
        void requireOpen() throws SQLException {
            if (opening != openedIn) {
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
            broken = true;
            connection.commit();
            broken = false;
            committed = true;
        }

        @Override
        public void close() {
            takeTurn();
            sessions.decrementAndGet();
            try {
                if (embedded == null) {
                    release();
                } else if (openedIn == opening && (broken || !release())) {
                    // After a commit that it could not write, H2 has been seen to loop for ever in connections from
                    // before.
                    opening = openedIn + 1;
                    if (!closed) {
                        embedded.abort();
                    }
                }
            } finally {
                leaveTurn();
            }
        }

        /** Returns the connection; a failure hides nothing, since the pool discards a broken connection. */
        private boolean release() {
            try (connection) {
                if (!committed) {
                    connection.rollback();
                }
                if (stricter > 0) {
                    connection.setTransactionIsolation(stricter);
                }
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
        return new StoreException("The store could not " + what + ": " + describe(e), e);
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
