package com.playtcha.jakarta.late.crash;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/**
 * Takes a database away now and then: no connections are given, those that are open break. Of commits that are made just
 * then, some arrive and only their answer is lost.
 */
final class Outages {
    static final String DOWN = "down";
    private static final int FIRST_UP_MS = 600;
    private static final int UP_MS = 1000;
    private static final int DOWN_MS = 150;

    private final DataSource real;
    private final Said said;
    private final AtomicLong changes = new AtomicLong();
    private volatile boolean down;

    Outages(DataSource real, Said said) {
        this.real = real;
        this.said = said;
    }

    void start() {
        Thread thread = new Thread(this::comeAndGo, "outages");
        thread.setDaemon(true);
        thread.start();
    }

    /** From now on there is no database. */
    void stayDown() {
        changes.incrementAndGet();
        down = true;
    }

    private void comeAndGo() {
        CountDownLatch never = new CountDownLatch(1);
        try {
            never.await(ThreadLocalRandom.current().nextInt(FIRST_UP_MS), TimeUnit.MILLISECONDS);
            while (true) {
                never.await(ThreadLocalRandom.current().nextInt(UP_MS), TimeUnit.MILLISECONDS);
                changes.incrementAndGet();
                down = true;
                said.say(DOWN);
                never.await(ThreadLocalRandom.current().nextInt(DOWN_MS), TimeUnit.MILLISECONDS);
                down = false;
                changes.incrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The same before and after something where there was no outage in between; odd within one. */
    long changes() {
        return changes.get();
    }

    DataSource dataSource() {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("getConnection")) {
                        return call(real, method, arguments);
                    }
                    if (down) {
                        throw new SQLException("connection refused", "08001");
                    }
                    return connection((Connection) call(real, method, arguments));
                });
    }

    private Connection connection(Connection open) {
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (down && !method.getName().equals("close")) {
                        if (method.getName().equals("commit")
                                && ThreadLocalRandom.current().nextBoolean()) {
                            call(open, method, arguments);
                        }
                        throw new SQLException("connection reset", "08006");
                    }
                    return call(open, method, arguments);
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
