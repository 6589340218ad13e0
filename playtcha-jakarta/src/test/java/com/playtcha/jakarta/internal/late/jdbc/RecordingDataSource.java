package com.playtcha.jakarta.internal.late.jdbc;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Hands connections out in a given mode, notes the mode they come back in, and can be taken away. */
public final class RecordingDataSource implements DataSource {
    private final DataSource real;
    private final boolean autoCommit;
    private final List<Boolean> modes = new CopyOnWriteArrayList<>();
    private volatile boolean down;
    private volatile @Nullable RuntimeException bug;
    private volatile @Nullable String refused;
    private final AtomicInteger failures = new AtomicInteger();
    private volatile CountDownLatch hang = new CountDownLatch(0);

    public RecordingDataSource(DataSource real, boolean autoCommit) {
        this.real = real;
        this.autoCommit = autoCommit;
    }

    public void setDown(boolean value) {
        down = value;
    }

    /** What a pool should not throw and some do; null for none. */
    public void throwInstead(@Nullable RuntimeException value) {
        bug = value;
    }

    /** Refuses as many connections from now on. */
    public void failNext(int connections) {
        failures.set(connections);
    }

    /** Refuses statements that contain this, as a database does whose disk is full; null for none. */
    public void refuse(@Nullable String fragment) {
        refused = fragment;
    }

    /** Lets nobody have a connection until the latch opens. */
    public void hangUntil(CountDownLatch open) {
        hang = open;
    }

    List<Boolean> modesAtClose() {
        return modes;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (down) {
            throw new SQLException("connection refused", "08001");
        }
        RuntimeException thrown = bug;
        if (thrown != null) {
            throw thrown;
        }
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new SQLException("no connection within 5 s", "08001");
        }
        try {
            hang.await();
        } catch (InterruptedException e) {
            throw new SQLException("interrupted", e);
        }
        Connection connection = real.getConnection();
        connection.setAutoCommit(autoCommit);
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (down && !method.getName().equals("close")) {
                        throw new SQLException("connection reset", "08006");
                    }
                    String fragment = refused;
                    if (fragment != null
                            && method.getName().equals("prepareStatement")
                            && String.valueOf(arguments[0]).contains(fragment)) {
                        throw new SQLException("disk full", "53100");
                    }
                    if (method.getName().equals("close")) {
                        modes.add(connection.getAutoCommit());
                        if (!connection.getAutoCommit()) {
                            connection.rollback();
                        }
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setLogWriter(PrintWriter out) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setLoginTimeout(int seconds) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int getLoginTimeout() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Logger getParentLogger() {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
