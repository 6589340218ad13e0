package com.playtcha.example.inbox.launcher;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * The data source that a server would offer: an H2 file behind a pool. It can be taken away for a while: it then
 * gives no connection, and those in use break in the middle of what they do.
 */
final class Database implements DataSource, AutoCloseable {
    private static final int CONNECTIONS = 24;
    private static final Set<String> OF_A_BROKEN_CONNECTION =
            Set.of("close", "isClosed", "abort", "rollback", "setAutoCommit", "toString", "hashCode", "equals");

    private final JdbcConnectionPool pool;
    private volatile Instant awayUntil = Instant.EPOCH;

    private Database(JdbcConnectionPool pool) {
        this.pool = pool;
    }

    static Database in(Path folder) {
        // An ordinary file channel is closed for all when one thread is interrupted; async: has another kind.
        JdbcConnectionPool pool = JdbcConnectionPool.create(
                "jdbc:h2:async:" + folder.toAbsolutePath().resolve("inbox")
                        + ";DB_CLOSE_DELAY=-1;DB_CLOSE_ON_EXIT=FALSE;WRITE_DELAY=0",
                "sa",
                "");
        pool.setMaxConnections(CONNECTIONS);
        return new Database(pool);
    }

    /** Takes it away from now on. */
    void takeAway(Duration time) {
        awayUntil = Instant.now().plus(time);
    }

    void bringBack() {
        awayUntil = Instant.EPOCH;
    }

    /** How long it stays away; zero where it works. */
    Duration away() {
        Duration left = Duration.between(Instant.now(), awayUntil);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private void requireThere() throws SQLException {
        if (!away().isZero()) {
            throw new SQLNonTransientConnectionException("The database was taken away", "08006");
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        requireThere();
        Connection connection = pool.getConnection();
        InvocationHandler breakable = (proxy, method, arguments) -> {
            if (!OF_A_BROKEN_CONNECTION.contains(method.getName())) {
                requireThere();
            }
            return call(connection, method, arguments);
        };
        return (Connection)
                Proxy.newProxyInstance(Database.class.getClassLoader(), new Class<?>[] {Connection.class}, breakable);
    }

    private static Object call(Connection connection, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("This data source has a user of its own");
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter writer) {
        // Nothing is written.
    }

    @Override
    public int getLoginTimeout() {
        return pool.getLoginTimeout();
    }

    @Override
    public void setLoginTimeout(int seconds) {
        pool.setLoginTimeout(seconds);
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }

    @Override
    public void close() {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN");
        } catch (SQLException e) {
            System.err.println("The database did not end in good order: " + e);
        }
        pool.dispose();
    }
}
