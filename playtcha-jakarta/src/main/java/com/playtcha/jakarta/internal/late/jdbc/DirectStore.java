package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.late.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The store as the late command opens it while no application runs; it must exist already. */
public final class DirectStore implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /** H2: the file is open in another process. */
    private static final int IN_USE = 90020;

    private final LateStore store;
    private final @Nullable EmbeddedH2 embedded;

    private DirectStore(LateStore store, @Nullable EmbeddedH2 embedded) {
        this.store = store;
        this.embedded = embedded;
    }

    public static DirectStore embedded(Path directory, ResultText results) {
        EmbeddedH2 h2 = EmbeddedH2.in(directory);
        try {
            requireTables(h2.dataSource()::getConnection);
        } catch (StoreException e) {
            if (!(e.getCause() instanceof SQLException cause) || cause.getErrorCode() != IN_USE) {
                h2.close();
            }
            throw e;
        }
        return new DirectStore(JdbcLateStore.of(h2.dataSource(), results, LIMIT), h2);
    }

    /** Returns a store that fails at each call, for a command that has the spool only. */
    public static DirectStore none(ResultText results) {
        return new DirectStore(
                JdbcLateStore.direct(
                        () -> {
                            throw new SQLException("there is no database", "08001");
                        },
                        results,
                        LIMIT),
                null);
    }

    private static void requireTables(Transactions.ConnectionSource connections) {
        try (Connection connection = connections.getConnection();
                PreparedStatement query =
                        connection.prepareStatement("SELECT version FROM playtcha_late_schema WHERE id = 1")) {
            query.setQueryTimeout(Math.toIntExact(LIMIT.toSeconds()));
            try (ResultSet row = query.executeQuery()) {
                int version = row.next() ? row.getInt(1) : 0;
                if (version != Schema.VERSION) {
                    throw new StoreException(
                            "The tables playtcha_late_* have version " + version + ", this library knows "
                                    + Schema.VERSION + ". Use the jar that the application uses",
                            new IllegalStateException());
                }
            }
        } catch (SQLException e) {
            throw new StoreException(explain(e), e);
        }
    }

    private static String explain(SQLException e) {
        if (e.getErrorCode() == IN_USE) {
            return "The embedded database is open in another process: end that process, or"
                    + " run the command on the application that has it open";
        }
        if (Transactions.state(e).startsWith("42")) {
            return "There are no tables playtcha_late_* in this database: it is not the application's";
        }
        return "The database cannot be opened: " + Transactions.describe(e);
    }

    public LateStore store() {
        return store;
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
