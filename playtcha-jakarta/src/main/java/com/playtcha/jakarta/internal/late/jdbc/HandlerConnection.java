package com.playtcha.jakarta.internal.late.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The store's connection as a handler sees it. Calls that commit, roll back or change its mode are refused, and it ends
 * with the call together with all statements made from it. No proxy leads back to the real connection.
 */
final class HandlerConnection implements AutoCloseable {
    private static final Set<String> REFUSED = Set.of(
            "commit",
            "setAutoCommit",
            "abort",
            "setTransactionIsolation",
            "setReadOnly",
            "setNetworkTimeout",
            "setCatalog",
            "setSchema",
            "setHoldability",
            "beginRequest",
            "endRequest");

    /** The types through which the real connection could be reached, subtypes first. */
    private static final List<Class<?>> WRAPPED = List.of(
            CallableStatement.class, PreparedStatement.class, Statement.class, ResultSet.class, DatabaseMetaData.class);

    private final Connection connection;
    private final Check check;
    private volatile boolean ended;

    HandlerConnection(Connection real, Check check) {
        this.check = check;
        this.connection = (Connection) wrap(Connection.class, real);
    }

    /** Throws where the real connection must not be used any more. */
    interface Check {
        void run() throws SQLException;
    }

    Connection connection() {
        return connection;
    }

    @Override
    public void close() {
        ended = true;
    }

    private Object wrap(Class<?> type, Object real) {
        return Proxy.newProxyInstance(
                HandlerConnection.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> invoke(proxy, real, method, arguments));
    }

    private @Nullable Object wrapped(@Nullable Object made) {
        for (Class<?> type : WRAPPED) {
            if (type.isInstance(made)) {
                return wrap(type, made);
            }
        }
        return made;
    }

    private @Nullable Object invoke(Object proxy, Object real, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        String name = method.getName();
        Object first = arguments == null || arguments.length == 0 ? null : arguments[0];
        boolean isConnection = proxy == connection;
        switch (name) {
            case "equals":
                return proxy == first;
            case "hashCode":
                return System.identityHashCode(proxy);
            case "toString":
                return "part of the store's connection";
            case "isWrapperFor":
                return first instanceof Class<?> type && type.isInstance(proxy);
            case "close":
                return ended || isConnection ? null : call(real, method, arguments);
            case "isClosed":
                return ended || Boolean.TRUE.equals(call(real, method, arguments));
            default:
        }
        if (ended) {
            throw new SQLException("this connection ended when the handler it was passed to returned");
        }
        if (isConnection && name.equals("setAutoCommit") && Boolean.FALSE.equals(first)) {
            // Some libraries always set it; it is false already.
            return null;
        }
        if (isConnection && (REFUSED.contains(name) || (name.equals("rollback") && first == null))) {
            throw new SQLException(name + " is refused: the store commits when the handler returns, and rolls back when"
                    + " it throws");
        }
        switch (name) {
            case "unwrap":
                if (first instanceof Class<?> type && type.isInstance(proxy)) {
                    return proxy;
                }
                throw new SQLException("the store's connection is not unwrapped, since only the store may commit it");
            case "getConnection":
                return connection;
            default:
                return wrapped(call(real, method, arguments));
        }
    }

    private @Nullable Object call(Object real, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        check.run();
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
