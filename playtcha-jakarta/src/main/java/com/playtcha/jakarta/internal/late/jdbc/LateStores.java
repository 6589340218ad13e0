package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.ResultText;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import javax.naming.InitialContext;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Opens the store that the settings name. */
public final class LateStores {
    private LateStores() {}

    /** Returns the embedded store, opened at its first use. */
    public static LateStore embedded(
            Path directory, @Nullable ClassLoader loader, ResultText results, Duration statementTimeout) {
        EmbeddedH2 database = EmbeddedH2.in(directory, loader);
        return new JdbcLateStore(database::getConnection, results, statementTimeout, null, database);
    }

    /** Returns a store that fails at each call, for a command that has the spool only. */
    public static LateStore none(ResultText results) {
        Transactions.ConnectionSource none = () -> {
            throw new SQLException("there is no database", "08001");
        };
        return new JdbcLateStore(none, results, Duration.ZERO, null, null);
    }

    /**
     * Returns a store in a data source, which is a bean or else the server's, opened at its first use. The caller's
     * thread must have the application's naming context.
     */
    public static LateStore named(String name, @Nullable Object bean, ResultText results, Duration statementTimeout) {
        Object found = bean == null ? lookUp(name) : bean;
        if (found instanceof DataSource dataSource) {
            return JdbcLateStore.of(dataSource, results, statementTimeout);
        }
        throw new IllegalStateException("late-datasource = '" + name + "' is no javax.sql.DataSource, but "
                + (found == null ? "nothing" : "a " + found.getClass().getName()));
    }

    @SuppressWarnings(
            "BanJNDI") // The deployer's name, of which the settings refuse anything with another scheme than java:.
    private static @Nullable Object lookUp(String name) {
        try {
            try {
                return InitialContext.doLookup(name);
            } catch (NameNotFoundException e) {
                if (name.startsWith("java:")) {
                    throw e;
                }
                return InitialContext.doLookup("java:comp/env/" + name);
            }
        } catch (NamingException e) {
            throw new IllegalStateException(
                    "late-datasource = '" + name + "' cannot be looked up ("
                            + e.getClass().getSimpleName()
                            + "): the server knows no data source of this name, or does not show it to this application",
                    e);
        }
    }
}
