package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.StoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Wrapper;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes a connection when the handler asks for it, who sees it through proxies: only the store commits, rolls back, or
 * changes its mode, and it ends with the call together with all that was made from it. Used by the handler's thread only.
 */
final class JdbcHandlerTransaction implements LateStore.HandlerTransaction {
    private static final Pattern REFUSED = Pattern.compile(
            "commit|abort|beginRequest|endRequest|set(AutoCommit|TransactionIsolation|ReadOnly|NetworkTimeout|Catalog"
                    + "|Schema|Holdability)");

    private final Transactions transactions;
    private final Lease lease;
    private Transactions.@Nullable Session session;
    private @Nullable Connection lent;
    private boolean failed;
    private volatile boolean ended;

    JdbcHandlerTransaction(Transactions transactions, Lease lease) {
        this.transactions = transactions;
        this.lease = lease;
    }

    @Override
    public <T> Optional<T> unwrap(Class<T> type) {
        if (type != Connection.class) {
            return Optional.empty();
        }
        Connection known = lent;
        if (known == null) {
            failed = true;
            known = begin();
            lent = known;
            failed = false;
        }
        return Optional.of(type.cast(known));
    }

    private Connection begin() {
        try {
            transactions.prepare();
            Transactions.Session begun = transactions.open();
            try {
                begun.begin(0);
                // Also fails on a broken connection.
                if (!JdbcLateStore.isHeld(begun, lease)) {
                    throw new StoreException("The lease of this item has ended: nothing can be written for it", null);
                }
                transactions.leaveTurn();
                session = begun;
                return (Connection) wrap(begun, Connection.class, begun.connection);
            } catch (SQLException e) {
                begun.failed(e);
                throw e;
            } finally {
                if (session == null) {
                    begun.close();
                }
            }
        } catch (SQLException e) {
            throw Transactions.failure("begin a handler's transaction", e);
        }
    }

    @Override
    public boolean isBegun() {
        return session != null;
    }

    @Override
    public boolean hasFailed() {
        return failed;
    }

    @Override
    public boolean complete(Instant forgetAt, Instant now) {
        Transactions.Session begun = session;
        if (begun == null) {
            throw new IllegalStateException("the handler did not ask for the transaction");
        }
        ended = true;
        try {
            begun.resume();
            if (begun.update(Statements.COMPLETE, JdbcLateStore.completion(lease, forgetAt, now)) == 0) {
                return false;
            }
            begun.commit();
            return true;
        } catch (SQLException e) {
            begun.failed(e);
            throw Transactions.failure("record a delivery", e);
        }
    }

    @Override
    public void close() {
        ended = true;
        Transactions.Session begun = session;
        if (begun != null) {
            begun.close();
        }
    }

    private Object wrap(Transactions.Session begun, Class<?> type, Object real) {
        return Proxy.newProxyInstance(
                JdbcHandlerTransaction.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> invoke(begun, proxy, real, method, arguments));
    }

    private @Nullable Object invoke(
            Transactions.Session begun,
            Object proxy,
            Object real,
            Method method,
            @Nullable Object @Nullable [] arguments)
            throws Throwable {
        String name = method.getName();
        Object first = arguments == null || arguments.length == 0 ? null : arguments[0];
        boolean isConnection = real == begun.connection;
        return switch (name) {
            case "equals" -> proxy == first;
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "part of the store's connection";
            case "isWrapperFor" -> first instanceof Class<?> type && type.isInstance(proxy);
            case "getConnection" -> lent;
            case "close" -> ended || isConnection ? null : call(begun, real, method, arguments);
            case "isClosed" -> ended || Boolean.TRUE.equals(call(begun, real, method, arguments));
            case "unwrap" -> {
                if (first instanceof Class<?> type && type.isInstance(proxy)) {
                    yield proxy;
                }
                throw new SQLException("the store's connection is not unwrapped, since only the store may commit it");
            }
            default -> {
                if (ended) {
                    throw new SQLException("this connection ended when the handler it was passed to returned");
                }
                if (isConnection && name.equals("setAutoCommit") && Boolean.FALSE.equals(first)) {
                    // Some libraries always set it; it is false already.
                    yield null;
                }
                if (isConnection && (REFUSED.matcher(name).matches() || (name.equals("rollback") && first == null))) {
                    throw new SQLException(name + " is refused: the store commits when the handler returns, and rolls"
                            + " back when it throws");
                }
                Object made = call(begun, real, method, arguments);
                // Statements, results and metadata, from which the real connection could be reached.
                Class<?> type = method.getReturnType();
                yield made != null && Wrapper.class.isAssignableFrom(type) ? wrap(begun, type, made) : made;
            }
        };
    }

    private static @Nullable Object call(
            Transactions.Session begun, Object real, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        begun.requireOpen();
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
