package com.playtcha.jakarta.internal.late.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.Locale;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The supported databases: the name of their schema file, and the query of their clock. */
enum Database {
    H2("h2", "SELECT CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)"),
    POSTGRESQL("postgresql", "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"),
    /** Avoids local time, which is ambiguous when summer time ends. */
    MYSQL("mysql", "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000"),
    /** Tables are created by hand. The query names one, since many databases require a table in {@code SELECT}. */
    OTHER(null, "SELECT CURRENT_TIMESTAMP FROM playtcha_late_schema WHERE id = 1");

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final String H2_THAT_LOSES = "2.5.";
    private static final String H2_FLUSH = "CHECKPOINT SYNC";
    private static final int H2_ADMIN_RIGHTS_REQUIRED = 90040;

    private final @Nullable String name;
    private final String clock;

    Database(@Nullable String name, String clock) {
        this.name = name;
        this.clock = clock;
    }

    static Database of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
        if (product.contains("mysql") || product.contains("mariadb")) {
            return MYSQL;
        }
        if (product.contains("postgresql")) {
            return POSTGRESQL;
        }
        return product.equals("h2") ? H2 : OTHER;
    }

    /** Returns the name in the schema file's name; null where this library has no such file. */
    @Nullable
    String schemaName() {
        return name;
    }

    /** Returns the end of a query that limits its rows in the database. */
    String atMost(int rows) {
        return this == MYSQL ? " LIMIT " + rows : " FETCH FIRST " + rows + " ROWS ONLY";
    }

    /**
     * Returns the statement that makes commits durable, or null where a commit is enough or the user may not run it. H2 in
     * this process returns from a commit before it is written when another thread commits too.
     *
     * @param inTurns whether one thread at a time works on it
     */
    @Nullable
    String flush(Connection connection, boolean inTurns) throws SQLException {
        String url = connection.getMetaData().getURL();
        boolean file = this == H2
                && url != null
                && !url.startsWith("jdbc:h2:mem:")
                && !url.startsWith("jdbc:h2:tcp:")
                && !url.startsWith("jdbc:h2:ssl:");
        if (!file) {
            return null;
        }
        String version = connection.getMetaData().getDatabaseProductVersion();
        if (!inTurns && version != null && version.startsWith(H2_THAT_LOSES)) {
            LOG.warn(
                    "H2 {} has lost what several threads had committed at once when its process was killed, in this"
                            + " library's crash tests. Use 2.4.240 or 2.3.232, which have not, or the embedded store (no"
                            + " late-datasource), to which the library writes from one thread at a time",
                    version);
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(H2_FLUSH);
            return H2_FLUSH;
        } catch (SQLException e) {
            if (e.getErrorCode() != H2_ADMIN_RIGHTS_REQUIRED) {
                throw e;
            }
            LOG.warn(
                    "The user of this H2 database may not run {}: results acknowledged just before the"
                            + " process dies may be lost. Give the user ADMIN rights, or let the library use a database of"
                            + " its own (no late-datasource).",
                    H2_FLUSH);
            return null;
        }
    }

    /** Returns the strictest isolation that the store's own transactions need; fences do the rest. */
    int isolation() {
        // A weaker level would need another format of the binary log in MariaDB and MySQL.
        return this == MYSQL ? Connection.TRANSACTION_REPEATABLE_READ : Connection.TRANSACTION_READ_COMMITTED;
    }

    /** Returns the database's time in milliseconds since 1970. */
    long now(Connection connection, int timeoutSeconds) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(clock)) {
            statement.setQueryTimeout(timeoutSeconds);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("the query of the database's clock returned no row");
                }
                return this == OTHER ? localTime(row) : row.getLong(1);
            }
        }
    }

    /**
     * Reads a local time as if it were UTC. Leases need only that the result is equal on every node, whatever its time
     * zone.
     */
    private static long localTime(ResultSet row) throws SQLException {
        Calendar utc = new GregorianCalendar(TimeZone.getTimeZone("UTC"), Locale.ROOT);
        Timestamp time = row.getTimestamp(1, utc);
        return time.getTime();
    }
}
