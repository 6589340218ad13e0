package com.playtcha.jakarta.late.acceptance;

import static org.awaitility.Awaitility.await;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import javax.sql.DataSource;

/** A real database that can be taken away: then it gives no connections, and those that are open break. */
final class Database {
    private static final String UNDER_WAY = "SELECT COUNT(*) FROM playtcha_late_item WHERE lease_until > ?";

    private final DataSource real;
    /** Whoever holds a connection reads; whoever takes the database away at a quiet moment writes. */
    private final ReentrantReadWriteLock inUse = new ReentrantReadWriteLock(true);

    private volatile boolean down;

    Database(DataSource real) {
        this.real = real;
    }

    /** The one that cannot be taken away. */
    DataSource real() {
        return real;
    }

    void takeAway() {
        down = true;
    }

    /**
     * Takes it away when nothing holds a lease. What is under way when a database goes is tried again when its lease has
     * passed; that takes three minutes, and is the crash harness's subject.
     */
    void takeAwayWhenQuiet() {
        await().atMost(60, TimeUnit.SECONDS).until(() -> {
            inUse.writeLock().lock();
            try {
                down = leases() == 0;
                return down;
            } finally {
                inUse.writeLock().unlock();
            }
        });
    }

    void giveBack() {
        down = false;
    }

    private long leases() throws SQLException {
        try (Connection connection = real.getConnection();
                var count = connection.prepareStatement(UNDER_WAY)) {
            count.setLong(1, System.currentTimeMillis());
            try (ResultSet row = count.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    void execute(String sql) {
        try (Connection connection = real.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    DataSource dataSource() {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) ->
                        method.getName().equals("getConnection") ? open() : call(real, method, arguments));
    }

    private Connection open() throws SQLException {
        // On the thread that will close it: the library hands no connection to another.
        inUse.readLock().lock();
        boolean opened = false;
        try {
            if (down) {
                throw new SQLException("connection refused", "08001");
            }
            Connection connection = guarded(real.getConnection());
            opened = true;
            return connection;
        } finally {
            if (!opened) {
                inUse.readLock().unlock();
            }
        }
    }

    private Connection guarded(Connection open) {
        boolean[] closed = {false};
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    boolean closing = method.getName().equals("close");
                    if (down && !closing) {
                        throw new SQLException("connection reset", "08006");
                    }
                    try {
                        return call(open, method, arguments);
                    } finally {
                        if (closing && !closed[0]) {
                            closed[0] = true;
                            inUse.readLock().unlock();
                        }
                    }
                });
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
