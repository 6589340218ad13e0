package com.playtcha.jakarta.internal.late.jdbc;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Hands connections out in a given mode, notes the mode they come back in, and can be taken away. */
public final class RecordingDataSource implements DataSource {
    private final DataSource real;
    private final boolean autoCommit;
    private final Queue<Boolean> modes = new ConcurrentLinkedQueue<>();
    private final Queue<String> statements = new ConcurrentLinkedQueue<>();
    private volatile boolean down;
    private volatile @Nullable RuntimeException bug;
    private volatile @Nullable String refused;
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicBoolean losesAnswer = new AtomicBoolean();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile String hookedAt = "";
    private final AtomicReference<@Nullable Runnable> hook = new AtomicReference<>();
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

    /** The next commit is applied, and its answer is lost. */
    public void loseNextAnswer() {
        losesAnswer.set(true);
    }

    /** Refuses statements that contain this, as a database does whose disk is full; null for none. */
    public void refuse(@Nullable String fragment) {
        refused = fragment;
    }

    /** Forgets the connections and statements so far. */
    public void clear() {
        modes.clear();
        statements.clear();
    }

    /** Returns how many connections were returned, of which each has one transaction. */
    public int connections() {
        return modes.size();
    }

    /** Returns the statements that were prepared. */
    public List<String> statements() {
        return List.copyOf(statements);
    }

    /** Runs something once, before the next statement that contains this, or the next method of this name, is called. */
    public void runBefore(String statementOrMethod, Runnable work) {
        hookedAt = statementOrMethod;
        hook.set(work);
    }

    private void runHook(String method, @Nullable Object @Nullable [] arguments) {
        boolean isHooked = method.equals(hookedAt)
                || (method.equals("prepareStatement")
                        && arguments != null
                        && String.valueOf(arguments[0]).contains(hookedAt));
        Runnable work = isHooked ? hook.getAndSet(null) : null;
        if (work != null) {
            work.run();
        }
    }

    /** Lets nobody have a connection until the latch opens. */
    public void hangUntil(CountDownLatch open) {
        hang = open;
    }

    /** Returns how many wait for a connection. */
    public int waiting() {
        return waiting.get();
    }

    List<Boolean> modesAtClose() {
        return List.copyOf(modes);
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
        waiting.incrementAndGet();
        try {
            hang.await();
        } catch (InterruptedException e) {
            throw new SQLException("interrupted", e);
        } finally {
            waiting.decrementAndGet();
        }
        Connection connection = real.getConnection();
        connection.setAutoCommit(autoCommit);
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (down && !method.getName().equals("close")) {
                        throw new SQLException("connection reset", "08006");
                    }
                    if (method.getName().equals("prepareStatement")) {
                        statements.add(String.valueOf(arguments[0]));
                    }
                    runHook(method.getName(), arguments);
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
                    Object returned;
                    try {
                        returned = method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (method.getName().equals("commit") && losesAnswer.getAndSet(false)) {
                        throw new SQLException("connection reset", "08006");
                    }
                    return returned;
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
