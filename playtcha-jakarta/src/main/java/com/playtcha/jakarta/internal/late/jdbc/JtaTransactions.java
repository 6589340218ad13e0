package com.playtcha.jakarta.internal.late.jdbc;

import jakarta.transaction.Status;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/** The server's transactions, which connections of its data sources join; absent where there is no Jakarta Transactions. */
final class JtaTransactions {
    /** The portable name, and WildFly's, which needs no naming context of an application. */
    private static final List<String> NAMES =
            List.of("java:comp/TransactionSynchronizationRegistry", "java:jboss/TransactionSynchronizationRegistry");

    /** The SQLSTATEs of PostgreSQL and H2 for a savepoint without a transaction. */
    private static final Set<String> NO_TRANSACTION = Set.of("25P01", "90063");
    /** The code of MariaDB and MySQL for a savepoint that does not exist. */
    private static final int NO_SAVEPOINT = 1305;

    private JtaTransactions() {}

    /** Returns whether this thread has one. */
    @SuppressWarnings("BanJNDI") // Constant names, of the server's own objects.
    static boolean isActive() {
        for (String name : NAMES) {
            try {
                return InitialContext.doLookup(name) instanceof TransactionSynchronizationRegistry registry
                        && registry.getTransactionStatus() != Status.STATUS_NO_TRANSACTION;
            } catch (NamingException | LinkageError e) {
                // This server does not have it, or has it under the other name.
            }
        }
        return false;
    }

    /**
     * Requires that a connection of the application's is in a transaction: otherwise what is written through it would be committed
     * at once, whatever becomes of the rest.
     *
     * @param method the application's call
     */
    static void requireTransaction(Connection connection, String method) throws SQLException {
        if (connection.getAutoCommit() && isActive()) {
            requireEnlisted(connection, method);
        } else if (connection.getAutoCommit()) {
            throw new IllegalStateException(
                    method + " needs a connection in a transaction that the application commits, and auto-commit is on:"
                            + " call setAutoCommit(false) first, or use a transaction of JTA or Spring");
        }
    }

    /**
     * Open Liberty and some drivers say that auto-commit is on for a connection that takes part in a JTA transaction. Where it is
     * on indeed, a savepoint ends with the statement that sets it.
     */
    private static void requireEnlisted(Connection connection, String method) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // No call of setSavepoint, which drivers refuse in a transaction of XA.
            statement.execute("SAVEPOINT playtcha_probe");
            statement.execute("ROLLBACK TO SAVEPOINT playtcha_probe");
            statement.execute("RELEASE SAVEPOINT playtcha_probe");
        } catch (SQLException e) {
            if (!NO_TRANSACTION.contains(Transactions.state(e)) && e.getErrorCode() != NO_SAVEPOINT) {
                throw e;
            }
            throw new IllegalStateException(
                    method + " needs a connection that takes part in the JTA transaction of this call, and this one"
                            + " commits each statement by itself. Use a data source with JTA: without jta=false on WildFly,"
                            + " without transactional=\"false\" on Open Liberty",
                    e);
        }
    }
}
