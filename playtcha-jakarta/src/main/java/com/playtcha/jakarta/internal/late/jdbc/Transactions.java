package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Short transactions of the store's own. A connection goes back to its pool in the mode it came in, and nothing is
 * assumed of that mode. Not to be used within a transaction of the container's.
 */
final class Transactions {
    /** Lost races, such as two nodes that insert one row, are won at the second try. */
    private static final int TRIES = 5;

    private final DataSource dataSource;
    private final int timeoutSeconds;
    private volatile @Nullable GroupFlush flush;
    /** Held by the one who writes, where writes are to come one after the other; else null. */
    private volatile @Nullable ReentrantLock turn;

    private volatile @Nullable Isolation isolation;
    /** Closes a database that is this store's alone, whatever state it is in; else null. */
    private volatile @Nullable Runnable abort;
    /** How often that was done. Changed within a turn. */
    private volatile int aborted;
    /** Changed within a turn. A database of its own would be opened anew by whoever comes late, and stay open. */
    private volatile boolean closed;

    Transactions(DataSource dataSource, int timeoutSeconds) {
        this.dataSource = dataSource;
        this.timeoutSeconds = timeoutSeconds;
    }

    /** Sets the statement by which the database writes its commits out, where it does not by itself. */
    void flushBy(@Nullable String statement) {
        this.flush = statement == null ? null : new GroupFlush(() -> flush(statement));
    }

    /**
     * From now on one thread at a time works on the database, apart from handlers. Only where connections are not pooled:
     * who waits for its turn may hold one.
     */
    void writeInTurns() {
        turn = new ReentrantLock();
    }

    /**
     * Has the database closed when it failed, and so opened anew by whoever needs it next; with turns only. After a
     * commit that it could not write, as when the disk is full, H2 has been seen to run in a circle for ever at the next
     * statement of a connection from before, even at a rollback or at closing it: those are used no more.
     *
     * @param close ends the database without a word to its connections; its file is then as if the process had died
     */
    void abortBy(Runnable close) {
        abort = close;
    }

    /** Ends it: what comes later is refused, for the database would be opened anew for it and closed by nobody. */
    void close(Runnable database) {
        ReentrantLock lock = turn;
        boolean mine = false;
        try {
            // Whoever has it may be stuck in a database that failed.
            mine = lock != null && lock.tryLock(timeoutSeconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            closed = true;
            database.run();
        } finally {
            if (lock != null && mine) {
                giveBack(lock, lock.getHoldCount() - 1);
            }
        }
    }

    /** Which opening of the database a connection is of that was got within this turn. */
    int opening() {
        return aborted;
    }

    /**
     * To be called before a connection is used that was got a while ago.
     *
     * @throws SQLException where the database has been closed since
     */
    void requireOpen(int opening) throws SQLException {
        if (aborted != opening) {
            throw new SQLException("the database failed meanwhile, and was closed", "08003");
        }
    }

    boolean areInTurns() {
        return turn != null;
    }

    /**
     * Waits for its turn to write, within a transaction that began without; held until that has ended. The store's short
     * transactions are one turn each from the beginning; one that is handed to an application's handler takes its turn
     * for the end only, and so holds no row that whoever has the turn may wait for.
     */
    void takeTurn() {
        ReentrantLock lock = turn;
        if (lock != null) {
            lock.lock();
        }
    }

    /** Gives its turn back before the transaction ends, since what comes next is a handler's and may take long. */
    void leaveTurn() {
        giveBack(turn, 0);
    }

    private static void giveBack(@Nullable ReentrantLock lock, int heldBefore) {
        while (lock != null && lock.getHoldCount() > heldBefore) {
            lock.unlock();
        }
    }

    private void flush(String statement) throws SQLException {
        ReentrantLock lock = turn;
        if (abort != null) {
            once(null, (connection, sql) -> sql.update(statement));
            return;
        }
        takeTurn();
        try (Connection connection = dataSource.getConnection()) {
            new Sql(connection, timeoutSeconds).update(statement);
        } finally {
            giveBack(lock, 0);
        }
    }

    /**
     * How strict the pool's transactions are, and how strict is enough: every change of the store's names the fence it
     * read, so stricter ones would only fail where others wait.
     *
     * @param given by the pool
     * @param enough less strict
     */
    record Isolation(int given, int enough) {}

    /** Sets the isolation of the store's own transactions; what handlers get stays as the pool gave it. */
    void isolateBy(@Nullable Isolation value) {
        this.isolation = value;
    }

    /** What is done in a transaction; done again after a lost race, so without effects elsewhere. */
    interface Work<T> {
        T run(Connection connection, Sql sql) throws SQLException;
    }

    /** What is done in a transaction once, and may fail in its own way. */
    interface Call<T, X extends Exception> {
        T run(Connection connection, Sql sql) throws SQLException, X;
    }

    /**
     * Runs it, again where another transaction was faster.
     *
     * @throws StoreException when the database is in trouble
     */
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

    /**
     * The same for what must not be lost once this returns. Threads that are here at once share a flush.
     *
     * @throws StoreException when the database is in trouble; it may have done what it was asked
     */
    <T> T keep(String what, Work<T> work) {
        GroupFlush group = flush;
        int opening = opening();
        T result = run(what, work);
        if (group == null) {
            return result;
        }
        try {
            group.await();
            // What it flushed may be a database that was opened anew, without what was committed before.
            requireOpen(opening);
            return result;
        } catch (SQLException e) {
            throw new StoreException("The store could not write out what it did: " + describe(e), e);
        }
    }

    /** Runs it once, and commits unless it throws. It begins within its turn, and may leave that. */
    <T, X extends Exception> T once(Call<T, X> call) throws SQLException, X {
        return once(null, call);
    }

    private <T, X extends Exception> T once(@Nullable Isolation level, Call<T, X> call) throws SQLException, X {
        ReentrantLock lock = turn;
        int heldBefore = lock == null ? 0 : lock.getHoldCount();
        try {
            takeTurn();
            Runnable close = abort;
            return close == null ? connected(level, call) : connectedAlone(level, call, close);
        } finally {
            giveBack(lock, heldBefore);
        }
    }

    private <T, X extends Exception> T connected(@Nullable Isolation level, Call<T, X> call) throws SQLException, X {
        try (Connection connection = dataSource.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            if (autoCommit) {
                connection.setAutoCommit(false);
            }
            boolean committed = false;
            try {
                if (level != null) {
                    connection.setTransactionIsolation(level.enough());
                }
                T result = call.run(connection, new Sql(connection, timeoutSeconds));
                takeTurn();
                connection.commit();
                committed = true;
                return result;
            } finally {
                if (!committed) {
                    rollBack(connection);
                }
                if (level != null) {
                    restore(connection, level);
                }
                if (autoCommit) {
                    restore(connection);
                }
            }
        }
    }

    /**
     * The same in a database of its own, whose connections are closed and not given back. It begins within a turn, so that
     * the connection is of the opening that it is taken for.
     */
    private <T, X extends Exception> T connectedAlone(@Nullable Isolation level, Call<T, X> call, Runnable close)
            throws SQLException, X {
        if (closed) {
            throw new SQLException("the database is closed", "08003");
        }
        int opening = opening();
        Connection connection = dataSource.getConnection();
        boolean committed = false;
        boolean broken = false;
        try {
            connection.setAutoCommit(false);
            if (level != null) {
                connection.setTransactionIsolation(level.enough());
            }
            T result = call.run(connection, new Sql(connection, timeoutSeconds));
            takeTurn();
            requireOpen(opening);
            broken = true;
            connection.commit();
            broken = false;
            committed = true;
            return result;
        } catch (SQLException e) {
            broken |= isBroken(e);
            throw e;
        } finally {
            takeTurn();
            if (opening == opening() && (broken || !isClosed(connection, committed))) {
                aborted = opening + 1;
                if (!closed) {
                    close.run();
                }
            }
        }
    }

    private static boolean isClosed(Connection connection, boolean committed) {
        try {
            if (!committed) {
                connection.rollback();
            }
            connection.close();
            return true;
        } catch (SQLException | RuntimeException e) {
            return false;
        }
    }

    /** A database that is closed, or had an error of its own or of its disk's. */
    private static boolean isBroken(SQLException e) {
        String state = state(e);
        return state.startsWith("90") || state.equals("HY000") || state.startsWith("08") || state.startsWith("58");
    }

    /** What fails here hides nothing: the reason for it is on its way already. */
    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // The connection is broken, and with it the transaction is gone.
        }
    }

    private static void restore(Connection connection, Isolation level) {
        try {
            connection.setTransactionIsolation(level.given());
        } catch (SQLException e) {
            // The same: its pool will throw it away.
        }
    }

    private static void restore(Connection connection) {
        try {
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            // The same: its pool will throw it away.
        }
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

    /** Without the message: some drivers quote the statement's values in it. */
    static String describe(SQLException e) {
        return e.getClass().getSimpleName() + ", SQLSTATE " + state(e) + ", code " + e.getErrorCode();
    }
}
