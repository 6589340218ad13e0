package com.playtcha.jakarta.internal.late.jdbc;

import jakarta.transaction.Status;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.List;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/** The server's transactions, which connections of its data sources join; absent where there is no Jakarta Transactions. */
final class JtaTransactions {
    /** The portable name, and WildFly's, which needs no naming context of an application. */
    private static final List<String> NAMES =
            List.of("java:comp/TransactionSynchronizationRegistry", "java:jboss/TransactionSynchronizationRegistry");

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
}
