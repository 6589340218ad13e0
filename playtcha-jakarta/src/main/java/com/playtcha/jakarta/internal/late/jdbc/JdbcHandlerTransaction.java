package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.LeaseLostException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a connection when the handler asks for it, who sees it through proxies: only the store commits, rolls back, or
 * changes its mode, and it ends with the call together with all that was made from it. Used by the handler's thread, but for {@link #abort}.
 */
final class JdbcHandlerTransaction implements LateStore.HandlerTransaction {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcHandlerTransaction.class);
    private static final Pattern REFUSED = Pattern.compile(
            "commit|abort|beginRequest|endRequest|set(AutoCommit|TransactionIsolation|ReadOnly|NetworkTimeout|Catalog"
                    + "|Schema|Holdability)");

    /** How often H2 is asked to cancel a statement of a call that took too long. */
    private static final long CANCEL_MILLIS = 100;

    private final Transactions transactions;
    private final Lease lease;
    private final Duration timeLimit;
    private volatile Transactions.@Nullable Session session;
    private @Nullable Connection lent;
    /** The handler's own, in whose transaction it completes the item. */
    private volatile @Nullable Connection completing;

    /** The statement that the handler executes, or executed last. */
    private volatile @Nullable Statement executing;

    /** Held while H2 executes a statement. */
    private final Lock execution = new ReentrantLock();

    private Use use = Use.NONE;
    private volatile boolean ended;

    JdbcHandlerTransaction(Transactions transactions, Lease lease, Duration timeLimit) {
        this.transactions = transactions;
        this.lease = lease;
        this.timeLimit = timeLimit;
    }

    @Override
    public <T> Optional<T> unwrap(Class<T> type) {
        if (type != Connection.class) {
            return Optional.empty();
        }
        Connection connection = lent;
        if (connection == null) {
            if (use == Use.COMPLETED) {
                throw bothAreUsed("has recorded its completion in a transaction of its own");
            }
            if (JtaTransactions.isActive()) {
                throw new IllegalStateException(
                        "A JTA transaction is active in this call of the handler, and would commit"
                                + " what is written through this connection apart from the completion. Use"
                                + " delivery.completeWith(Connection) with a connection of your own data source instead");
            }
            connection = begin();
            lent = connection;
        }
        return Optional.of(type.cast(connection));
    }

    private Connection begin() {
        use = Use.FAILED;
        transactions.prepare();
        Transactions.Session begun = null;
        try {
            begun = transactions.open();
            session = begun;
            requireTime();
            // With a snapshot, a lease that is renewed meanwhile would be a conflict.
            begun.begin(transactions.readCommitted());
            begun.limitWaits(timeLimit);
            // Also fails on a broken connection.
            if (!JdbcLateStore.isLeaseValid(begun, lease)) {
                use = Use.LEASE_LOST;
                throw new LeaseLostException();
            }
            transactions.unlock();
            use = Use.BEGUN;
            return (Connection) wrap(begun, Connection.class, begun.connection);
        } catch (SQLException e) {
            if (begun != null) {
                begun.failed(e);
            }
            throw Transactions.failure("begin a handler's transaction", e);
        } finally {
            if (begun != null && use != Use.BEGUN) {
                session = null;
                begun.close();
            }
        }
    }

    private void requireTime() throws SQLException {
        if (ended) {
            throw new SQLException(
                    "this connection ended when the handler it was passed to returned, or had taken too long");
        }
    }

    @Override
    public void completeWith(Connection connection, Instant purgeAt, Instant now) {
        if (use == Use.BEGUN) {
            throw bothAreUsed("has the connection of the engine already, in which its completion is recorded");
        }
        try {
            // In this order: an abort that comes between the two ends the connection.
            completing = connection;
            requireTime();
            // Also where this fails: a handler that rolls back then, and returns, has not delivered the item.
            use = Use.COMPLETED;
            JtaTransactions.requireTransaction(connection, "completeWith");
            Sql.Change completion = JdbcLateStore.completion(lease, purgeAt, now);
            if (transactions.on(connection).update(completion.statement(), completion.parameters()) == 0) {
                use = Use.LEASE_LOST;
                throw new LeaseLostException();
            }
        } catch (SQLException e) {
            throw Transactions.failureOfCaller("record a delivery in the handler's transaction", e);
        }
    }

    private static IllegalStateException bothAreUsed(String what) {
        return new IllegalStateException("This call " + what + ": use either unwrap or completeWith");
    }

    @Override
    public Use use() {
        return use;
    }

    @Override
    public boolean complete(Instant purgeAt, Instant now) {
        Transactions.Session begun = session;
        if (begun == null) {
            throw new IllegalStateException("the handler did not ask for the transaction");
        }
        ended = true;
        try {
            begun.resume();
            List<Sql.Change> end = List.of(JdbcLateStore.completion(lease, purgeAt, now));
            if (transactions.endedItems(begun).end(end).isEmpty()) {
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
    public void abort() {
        ended = true;
        if (transactions.database() == Database.H2) {
            awaitExecution();
        }
        Transactions.Session begun = session;
        if (begun != null) {
            begun.abort();
        }
        Connection own = completing;
        // It has the item locked until its commit. Once the handler has closed it, the pool may have lent it to
        // another.
        try {
            if (own != null && !own.isClosed()) {
                Transactions.abort(own);
                own.close();
            }
        } catch (SQLException | RuntimeException e) {
            LOG.debug("The connection of a handler that took too long cannot be closed", e);
        }
    }

    /**
     * H2 aborts no connection. A rollback waits for the statement under way, and the embedded store for the rollback. Between two
     * statements of a batch it would end the transaction, and the rest of the batch would be committed.
     */
    private void awaitExecution() {
        try {
            do {
                cancel(executing);
            } while (!execution.tryLock(CANCEL_MILLIS, TimeUnit.MILLISECONDS));
            execution.unlock();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void cancel(@Nullable Statement statement) {
        try {
            if (statement != null) {
                statement.cancel();
            }
        } catch (SQLException | RuntimeException e) {
            LOG.debug("The statement of a handler that took too long cannot be cancelled", e);
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
                requireTime();
                if (isConnection && name.equals("setAutoCommit") && Boolean.FALSE.equals(first)) {
                    // Some libraries always set it; it is false already.
                    yield null;
                }
                if (isConnection && (REFUSED.matcher(name).matches() || (name.equals("rollback") && first == null))) {
                    throw new SQLException(name + " is refused: the store commits when the handler returns, and rolls"
                            + " back when it throws");
                }
                Object made = real instanceof Statement statement && name.startsWith("execute")
                        ? execute(begun, statement, method, arguments)
                        : call(begun, real, method, arguments);
                // Statements, results and metadata, from which the real connection could be reached.
                Class<?> type = method.getReturnType();
                yield made != null && Wrapper.class.isAssignableFrom(type) ? wrap(begun, type, made) : made;
            }
        };
    }

    /** What a statement reads before it is executed, such as a stream, may hang; no rollback waits for that. */
    private @Nullable Object execute(
            Transactions.Session begun, Statement statement, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (transactions.database() != Database.H2) {
            return call(begun, statement, method, arguments);
        }
        execution.lock();
        try {
            executing = statement;
            requireTime();
            return call(begun, statement, method, arguments);
        } finally {
            execution.unlock();
        }
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
