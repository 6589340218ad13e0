package com.playtcha.jakarta.late.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The store's connection as a handler sees it: whether it commits is not the handler's to say, and it ends with the
 * call.
 */
final class HandlerConnection implements InvocationHandler {
    private static final Set<String> REFUSED = Set.of(
            "commit",
            "setAutoCommit",
            "abort",
            "setTransactionIsolation",
            "setReadOnly",
            "setNetworkTimeout",
            "beginRequest",
            "endRequest");

    private final Connection connection;
    private volatile boolean ended;

    private HandlerConnection(Connection connection) {
        this.connection = connection;
    }

    /** A connection for the time of one call. */
    static final class Lent implements AutoCloseable {
        private final HandlerConnection handler;
        private final Connection connection;

        private Lent(HandlerConnection handler, Connection connection) {
            this.handler = handler;
            this.connection = connection;
        }

        Connection connection() {
            return connection;
        }

        @Override
        public void close() {
            handler.ended = true;
        }
    }

    static Lent lend(Connection connection) {
        HandlerConnection handler = new HandlerConnection(connection);
        Connection proxy = (Connection) Proxy.newProxyInstance(
                HandlerConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, handler);
        return new Lent(handler, proxy);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        String name = method.getName();
        switch (name) {
            case "equals":
                return arguments != null && proxy == arguments[0];
            case "hashCode":
                return System.identityHashCode(proxy);
            case "toString":
                return "the store's connection";
            case "close":
                return null;
            case "isClosed":
                return ended || connection.isClosed();
            default:
        }
        if (ended) {
            throw new SQLException("this connection ended with the call of the handler it was lent to");
        }
        boolean wholeRollback = name.equals("rollback") && (arguments == null || arguments.length == 0);
        if (wholeRollback || REFUSED.contains(name)) {
            throw new SQLException(
                    name + " is not the handler's to call: the store commits when the handler returns, and"
                            + " rolls back when it throws");
        }
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
