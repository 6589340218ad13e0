package com.playtcha.jakarta.internal.late.jdbc;

import java.lang.reflect.InvocationHandler;
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
 * The store's connection as a handler sees it: whether it commits is not the handler's to say, nor which schema the
 * store's tables are looked for in, and it ends with the call, with every statement that was made from it. None of these
 * leads back to the real one.
 */
final class HandlerConnection {
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

    /** What leads from one to another, the most special first. */
    private static final List<Class<?>> WRAPPED = List.of(
            CallableStatement.class, PreparedStatement.class, Statement.class, ResultSet.class, DatabaseMetaData.class);

    private final Connection lent;
    private final Check check;
    private volatile boolean ended;

    private HandlerConnection(Connection connection, Check check) {
        this.check = check;
        this.lent = (Connection) wrap(Connection.class, new OfConnection(connection));
    }

    /** Whether the real connection may still be used. */
    interface Check {
        void run() throws SQLException;
    }

    /** A connection for the time of one call. */
    static final class Lent implements AutoCloseable {
        private final HandlerConnection handler;

        private Lent(HandlerConnection handler) {
            this.handler = handler;
        }

        Connection connection() {
            return handler.lent;
        }

        @Override
        public void close() {
            handler.ended = true;
        }
    }

    static Lent lend(Connection connection, Check check) {
        return new Lent(new HandlerConnection(connection, check));
    }

    private static Object wrap(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(HandlerConnection.class.getClassLoader(), new Class<?>[] {type}, handler);
    }

    private @Nullable Object wrapped(@Nullable Object made) {
        for (Class<?> type : WRAPPED) {
            if (type.isInstance(made)) {
                return wrap(type, new OfPart(made));
            }
        }
        return made;
    }

    /** What all of them have in common. */
    private class OfPart implements InvocationHandler {
        private final Object real;

        OfPart(Object real) {
            this.real = real;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            switch (method.getName()) {
                case "equals":
                    return arguments != null && proxy == arguments[0];
                case "hashCode":
                    return System.identityHashCode(proxy);
                case "toString":
                    return "part of the store's connection";
                case "isWrapperFor":
                    return arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(proxy);
                case "close":
                    return ended ? null : call(method, arguments);
                case "isClosed":
                    return ended || Boolean.TRUE.equals(call(method, arguments));
                default:
            }
            if (ended) {
                throw new SQLException("this connection ended with the call of the handler it was lent to");
            }
            switch (method.getName()) {
                case "unwrap":
                    if (arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(proxy)) {
                        return proxy;
                    }
                    throw new SQLException("the store's connection is not unwrapped: it is the store that commits");
                case "getConnection":
                    return lent;
                default:
                    return wrapped(call(method, arguments));
            }
        }

        final @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
            check.run();
            try {
                return method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        }
    }

    private final class OfConnection extends OfPart {
        OfConnection(Connection real) {
            super(real);
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            String name = method.getName();
            if (name.equals("close")) {
                return null;
            }
            boolean none = arguments == null || arguments.length == 0;
            if (!ended && name.equals("setAutoCommit") && arguments != null && Boolean.FALSE.equals(arguments[0])) {
                // As it is already: there are libraries that always say so.
                return null;
            }
            if (!ended && (REFUSED.contains(name) || (name.equals("rollback") && none))) {
                throw new SQLException(
                        name + " is not the handler's to call: the store commits when the handler returns, and"
                                + " rolls back when it throws");
            }
            return super.invoke(proxy, method, arguments);
        }
    }
}
