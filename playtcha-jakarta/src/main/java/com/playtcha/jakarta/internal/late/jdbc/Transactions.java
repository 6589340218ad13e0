package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Short transactions of the store's own, outside of the container's. A pooled connection is returned in the mode it came
 * in. An embedded database is used by one thread at a time, and is closed when it failed.
 */
final class Transactions {
    /** A lost race, such as two nodes that insert one row, is won at the second try. */
    private static final int TRIES = 5;

    private final ConnectionSource connections;
    private final int timeoutSeconds;
    private final AtomicBoolean oneByOne = new AtomicBoolean();
    private volatile @Nullable GroupFlush flush;
    /** Held by the thread that uses an embedded database; null for pools. */
    private volatile @Nullable ReentrantLock turn;
    /** The isolation to set where the pool gives a stricter one; 0 leaves what the pool gives. */
    private volatile int isolation;
    /** Closes a database that is this store's alone, whatever state it is in; null for others. */
    private volatile @Nullable Runnable abort;
    /** How often that was done; changed by the thread that has its turn. */
    private volatile int aborted;

    private volatile boolean closed;

    Transactions(ConnectionSource connections, int timeoutSeconds) {
        this.connections = connections;
        this.timeoutSeconds = timeoutSeconds;
    }

    /** Opens connections; a {@code DataSource} without the rest. */
    @FunctionalInterface
    interface ConnectionSource {
        Connection getConnection() throws SQLException;
    }

    /** What is done in a transaction; repeated after a lost race, so without effects elsewhere. */
    interface Work<T> {
        T run(Connection connection, Sql sql) throws SQLException;
    }

    /** What is done in a transaction once. */
    interface Call<T, X extends Exception> {
        T run(Connection connection, Sql sql) throws SQLException, X;
    }

    /** Sets the statement by which the database writes its commits out, where it does not by itself. */
    void flushBy(@Nullable String statement) {
        this.flush =
                statement == null ? null : new GroupFlush(() -> once(0, (connection, sql) -> sql.update(statement)));
    }

    /** Sets the strictest isolation that is needed. Compared once, since drivers ask the database for the current one. */
    void isolateBy(Connection connection, int enough) throws SQLException {
        this.isolation = connection.getTransactionIsolation() > enough ? enough : 0;
    }

    /** From now on one thread at a time uses the database, handlers apart. Not for pools: who waits may hold a connection. */
    void writeInTurns() {
        turn = new ReentrantLock();
    }

    boolean areInTurns() {
        return turn != null;
    }

    /**
     * Closes the database when it failed, so that the next caller opens it anew; with turns only. After a commit that it
     * could not write, as on a full disk, H2 has been seen to loop for ever in connections from before.
     */
    void abortBy(Runnable close) {
        abort = close;
    }

    /** Closes the database. Later calls are rejected, since they would open it again. */
    void close(Runnable database) {
        ReentrantLock lock = turn;
        boolean mine = false;
        try {
            // The thread that has its turn may hang in a database that failed.
            mine = lock != null && lock.tryLock(timeoutSeconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            closed = true;
            database.run();
        } finally {
            if (lock != null && mine) {
                lock.unlock();
            }
        }
    }

    /** Returns which opening of the database the connections of this turn belong to. */
    int opening() {
        return aborted;
    }

    /** To be called before a connection is used that was opened a while ago. */
    void requireOpen(int opening) throws SQLException {
        if (aborted != opening) {
            throw new SQLException("the database failed meanwhile, and was closed", "08003");
        }
    }

    private void takeTurn() {
        ReentrantLock lock = turn;
        if (lock != null) {
            lock.lock();
        }
    }

    private void releaseTurn(int heldBefore) {
        ReentrantLock lock = turn;
        while (lock != null && lock.getHoldCount() > heldBefore) {
            lock.unlock();
        }
    }

    /** Runs a transaction, again where another was faster. */
    <T> T run(String what, Work<T> work) {
        for (int tries = 1; ; tries++) {
            try {
                return once(isolation, work::run);
            } catch (SQLException e) {
                if (tries == TRIES || !isLostRace(e)) {
                    throw new StoreException("The store could not " + what + ": " + describe(e), e);
                }
            }
        }
    }

    /** The same for what must survive the death of the process once this returns; threads share a flush. */
    <T> T runDurably(String what, Work<T> work) {
        GroupFlush group = flush;
        int opening = opening();
        T result = run(what, work);
        if (group == null) {
            return result;
        }
        try {
            group.await();
            // The flushed database may be one that was opened anew without this commit.
            requireOpen(opening);
            return result;
        } catch (SQLException e) {
            throw new StoreException("The store could not write out what it did: " + describe(e), e);
        }
    }

    /** Runs a transaction once, with the pool's isolation. */
    <T, X extends Exception> T once(Call<T, X> call) throws SQLException, X {
        return once(0, call);
    }

    private <T, X extends Exception> T once(int enough, Call<T, X> call) throws SQLException, X {
        try (Session session = new Session(enough)) {
            try {
                T result = call.run(session.connection(), session.sql());
                session.commit();
                return result;
            } catch (SQLException e) {
                session.failed(e);
                throw e;
            }
        }
    }

    /** Begins a transaction with the pool's isolation, for a handler. */
    Session begin() throws SQLException {
        return new Session(0);
    }

    /** One transaction. It has its turn from the beginning to the end, unless it leaves it in between. */
    final class Session implements AutoCloseable {
        private final int heldBefore;
        private final int opening;
        private final Connection connection;
        private final boolean autoCommit;
        private final int given;
        private boolean committed;
        private boolean broken;

        private Session(int enough) throws SQLException {
            ReentrantLock lock = turn;
            heldBefore = lock == null ? 0 : lock.getHoldCount();
            takeTurn();
            Connection opened = null;
            boolean begun = false;
            try {
                if (closed) {
                    throw new SQLException("the database is closed", "08003");
                }
                opening = opening();
                opened = connections.getConnection();
                connection = opened;
                autoCommit = connection.getAutoCommit();
                if (autoCommit) {
                    connection.setAutoCommit(false);
                }
                int current = enough > 0 ? connection.getTransactionIsolation() : 0;
                given = current > enough ? current : 0;
                if (given > 0) {
                    connection.setTransactionIsolation(enough);
                }
                begun = true;
            } finally {
                if (!begun) {
                    if (opened != null) {
                        broken = true;
                        end(opened, false, 0);
                    }
                    releaseTurn(heldBefore);
                }
            }
        }

        Connection connection() {
            return connection;
        }

        Sql sql() {
            return new Sql(connection, timeoutSeconds, oneByOne);
        }

        /** Ends this thread's turn, since a handler is called next, and no row lock is held. */
        void leaveTurn() {
            releaseTurn(heldBefore);
        }

        /** Waits for this thread's turn again. */
        void resume() throws SQLException {
            takeTurn();
            requireOpen();
        }

        /** To be called before a connection is used that was opened a while ago. */
        void requireOpen() throws SQLException {
            Transactions.this.requireOpen(opening);
        }

        /** To be called with what a statement threw, since an embedded database that failed is closed. */
        void failed(SQLException e) {
            broken |= isBroken(e);
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
            try {
                takeTurn();
                end(connection, autoCommit, given);
            } finally {
                releaseTurn(heldBefore);
            }
        }

        private void end(Connection ended, boolean autoCommitBefore, int isolationBefore) {
            Runnable close = abort;
            // A connection of an earlier opening is not even closed.
            if (close == null) {
                release(ended, committed, isolationBefore, autoCommitBefore);
            } else if (opening == aborted && (broken || !release(ended, committed, 0, false))) {
                aborted = opening + 1;
                if (!closed) {
                    close.run();
                }
            }
        }
    }

    /** Returns the connection; a failure hides nothing, since the pool discards a broken connection. */
    private static boolean release(Connection connection, boolean committed, int isolation, boolean autoCommit) {
        try (connection) {
            if (!committed) {
                connection.rollback();
            }
            if (isolation > 0) {
                connection.setTransactionIsolation(isolation);
            }
            if (autoCommit) {
                connection.setAutoCommit(true);
            }
            return true;
        } catch (SQLException | RuntimeException e) {
            return false;
        }
    }

    /** A database that is closed, or had an error of its own or of its disk. */
    private static boolean isBroken(SQLException e) {
        String state = state(e);
        return state.startsWith("90") || state.equals("HY000") || state.startsWith("08") || state.startsWith("58");
    }

    /** A row that another inserted first, a deadlock, a serialization failure. */
    static boolean isLostRace(SQLException e) {
        String state = state(e);
        return state.startsWith("23") || state.startsWith("40");
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
