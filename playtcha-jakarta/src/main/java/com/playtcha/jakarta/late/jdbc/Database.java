package com.playtcha.jakarta.late.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.Locale;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;

/** What differs between databases: the file that makes the tables, and how to ask what time it is. */
enum Database {
    H2("h2", "SELECT CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)"),
    POSTGRESQL("postgresql", "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"),
    /** Not by way of local time, which is there twice when summer time ends. */
    MYSQL("mysql", "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000"),
    /** In this very process, so this process's clock is the database's; its own SQL knows local time only. */
    DERBY_EMBEDDED("derby", null),
    DERBY("derby", "VALUES CURRENT_TIMESTAMP"),
    /** Tables to be made by hand; asked through one of them, since many know no {@code SELECT} without a table. */
    OTHER(null, "SELECT CURRENT_TIMESTAMP FROM playtcha_late_schema WHERE id = 1");

    private final @Nullable String name;
    private final @Nullable String clock;

    Database(@Nullable String name, @Nullable String clock) {
        this.name = name;
        this.clock = clock;
    }

    static Database of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
        if (product.contains("derby")) {
            String url = connection.getMetaData().getURL();
            return url != null && url.startsWith("jdbc:derby://") ? DERBY : DERBY_EMBEDDED;
        }
        if (product.contains("mysql") || product.contains("mariadb")) {
            return MYSQL;
        }
        if (product.contains("postgresql")) {
            return POSTGRESQL;
        }
        return product.equals("h2") ? H2 : OTHER;
    }

    /** The name in the file names of its tables; null where this library has none. */
    @Nullable
    String schemaName() {
        return name;
    }

    /** A query's end that keeps the database from sorting what is not wanted. */
    String atMost(int rows) {
        return this == MYSQL ? " LIMIT " + rows : " FETCH FIRST " + rows + " ROWS ONLY";
    }

    /**
     * What makes commits survive the death of the process. H2 in this process returns from a commit before it is written,
     * also without a write delay, when another thread commits as well; null where a commit is enough.
     */
    @Nullable
    String flush(Connection connection) throws SQLException {
        String url = connection.getMetaData().getURL();
        boolean file = this == H2
                && url != null
                && !url.startsWith("jdbc:h2:mem:")
                && !url.startsWith("jdbc:h2:tcp:")
                && !url.startsWith("jdbc:h2:ssl:");
        return file ? "CHECKPOINT SYNC" : null;
    }

    /** The database's clock, in milliseconds since 1970. */
    long now(Connection connection, int timeoutSeconds) throws SQLException {
        if (clock == null) {
            return Instant.now().toEpochMilli();
        }
        try (PreparedStatement statement = connection.prepareStatement(clock)) {
            statement.setQueryTimeout(timeoutSeconds);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("the database does not say what time it is");
                }
                return this == DERBY || this == OTHER ? localTime(row) : row.getLong(1);
            }
        }
    }

    /**
     * A local time read as if it were UTC: wrong by the same amount on every node, whatever their time zones, which is
     * all that leases need.
     */
    private static long localTime(ResultSet row) throws SQLException {
        Calendar utc = new GregorianCalendar(TimeZone.getTimeZone("UTC"), Locale.ROOT);
        Timestamp time = row.getTimestamp(1, utc);
        return time.getTime();
    }
}
