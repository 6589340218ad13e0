package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes a connection when the handler asks for it. Used by the handler's thread only. */
final class JdbcHandlerTransaction implements LateStore.HandlerTransaction {
    private final Transactions transactions;
    private final Lease lease;
    private Transactions.@Nullable Session session;
    private @Nullable HandlerConnection lent;
    private boolean failed;

    JdbcHandlerTransaction(Transactions transactions, Lease lease) {
        this.transactions = transactions;
        this.lease = lease;
    }

    @Override
    public <T> Optional<T> unwrap(Class<T> type) {
        if (type != Connection.class) {
            return Optional.empty();
        }
        HandlerConnection known = lent;
        if (known == null) {
            failed = true;
            known = begin();
            failed = false;
        }
        return Optional.of(type.cast(known.connection()));
    }

    private HandlerConnection begin() {
        try {
            Transactions.Session begun = transactions.begin();
            try {
                // Also fails on a broken connection.
                if (!JdbcLateStore.isHeld(begun.sql(), lease)) {
                    throw new StoreException("The lease of this item has ended: nothing can be written for it", null);
                }
                begun.leaveTurn();
                HandlerConnection made = new HandlerConnection(begun.connection(), begun::requireOpen);
                session = begun;
                lent = made;
                return made;
            } catch (SQLException e) {
                begun.failed(e);
                throw e;
            } finally {
                if (session == null) {
                    begun.close();
                }
            }
        } catch (SQLException e) {
            throw failure("begin a handler's transaction", e);
        }
    }

    private StoreException failure(String what, SQLException e) {
        Transactions.Session begun = session;
        if (begun != null) {
            begun.failed(e);
        }
        return new StoreException("The store could not " + what + ": " + Transactions.describe(e), e);
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
        endConnection();
        try {
            begun.resume();
            if (begun.sql().update(Statements.COMPLETE, JdbcLateStore.completion(lease, forgetAt, now)) == 0) {
                return false;
            }
            begun.commit();
            return true;
        } catch (SQLException e) {
            throw failure("record a delivery", e);
        }
    }

    private void endConnection() {
        HandlerConnection ended = lent;
        if (ended != null) {
            ended.close();
        }
    }

    @Override
    public void close() {
        endConnection();
        Transactions.Session begun = session;
        if (begun != null) {
            begun.close();
        }
    }
}
