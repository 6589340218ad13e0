package com.playtcha.jakarta.internal.late.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The supported databases, and in what their SQL differs. */
enum Database {
    H2("h2", Clock.STANDARD, Limit.STANDARD, true),
    POSTGRESQL("postgresql", "SELECT clock_timestamp()", Limit.STANDARD, true),
    /** MySQL from 8.0, MariaDB from 10.6. */
    MYSQL("mysql", Clock.MYSQL, Limit.MYSQL, true),
    OLDER_MYSQL("mysql", Clock.MYSQL, Limit.MYSQL, false),
    /** Has {@code SKIP LOCKED}, but not in a limited query. */
    ORACLE("oracle", "SELECT SYSTIMESTAMP FROM dual", Limit.STANDARD, false),
    SQL_SERVER("sqlserver", "SELECT SYSDATETIMEOFFSET()", Limit.STANDARD, false);

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final String H2_FLUSH = "CHECKPOINT SYNC";
    private static final int H2_ADMIN_RIGHTS_REQUIRED = 90040;

    private final String schema;
    private final String clock;
    private final String limit;
    private final boolean skipLocked;

    Database(String schema, String clock, String limit, boolean skipLocked) {
        this.schema = schema;
        this.clock = clock;
        this.limit = limit;
        this.skipLocked = skipLocked;
    }

    private static final class Clock {
        static final String STANDARD = "SELECT CURRENT_TIMESTAMP";
        /** A number, since local time is ambiguous when summer time ends. */
        static final String MYSQL = "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000";
    }

    private static final class Limit {
        static final String STANDARD = " OFFSET 0 ROWS FETCH NEXT %d ROWS ONLY";
        static final String MYSQL = " LIMIT %d";
    }

    static Database of(Connection connection) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        String product = metaData.getDatabaseProductName().toLowerCase(Locale.ROOT);
        if (product.contains("mysql") || product.contains("mariadb")) {
            // MySQL's driver calls MariaDB MySQL; the version tells them apart.
            boolean mariaDb = (product + metaData.getDatabaseProductVersion())
                    .toLowerCase(Locale.ROOT)
                    .contains("mariadb");
            int version = metaData.getDatabaseMajorVersion() * 100 + metaData.getDatabaseMinorVersion();
            return version < (mariaDb ? 1006 : 800) ? OLDER_MYSQL : MYSQL;
        }
        for (Database database : values()) {
            if (product.replace(" ", "").contains(database.schema)) {
                return database;
            }
        }
        throw new IllegalStateException("The database " + metaData.getDatabaseProductName()
                + " is not supported. Use H2, PostgreSQL, MariaDB, MySQL, Oracle or SQL Server.");
    }

    /** Returns the name of the file that creates the tables. */
    String schemaFile() {
        return "schema-" + Schema.VERSION + "-" + schema + ".sql";
    }

    /** Returns the end of a sorted query that limits its rows in the database. */
    String atMost(int rows) {
        return String.format(Locale.ROOT, limit, rows);
    }

    /** Returns the statement that deletes the first rows of a sorted selection. */
    String delete(String key, String rows, int most) {
        String table = rows.substring(0, rows.indexOf(" WHERE"));
        String keys = "SELECT " + key + " FROM " + rows + atMost(most);
        return switch (this) {
            // These limit no subquery.
            case MYSQL, OLDER_MYSQL -> "DELETE FROM " + rows + atMost(most);
            // An array, since a join may read the whole table. Nodes that delete at once take different rows.
            case POSTGRESQL ->
                "DELETE FROM " + table + " WHERE " + key + " = ANY (ARRAY(" + keys + " FOR UPDATE SKIP LOCKED))";
            // H2 sorts no deletion, and is slow with a subquery.
            case H2 ->
                "DELETE FROM " + rows.substring(0, rows.indexOf(" ORDER BY")) + " FETCH FIRST " + most + " ROWS ONLY";
            case ORACLE, SQL_SERVER -> "DELETE FROM " + table + " WHERE " + key + " IN (" + keys + ")";
        };
    }

    /** Returns whether a limited query may end with {@code FOR UPDATE SKIP LOCKED}. */
    boolean supportsSkipLocked() {
        return skipLocked;
    }

    private boolean isMySql() {
        return schema.equals(MYSQL.schema);
    }

    /**
     * Returns the statement that makes commits durable, or null where a commit is enough or the user may not run
     * it. H2 in this process returns from a commit before it is written when another thread commits too.
     */
    @Nullable
    String flush(Connection connection) throws SQLException {
        String url = connection.getMetaData().getURL();
        if (this != H2 || url == null || url.matches("jdbc:h2:(mem|tcp|ssl):.*")) {
            return null;
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
        return isMySql() ? Connection.TRANSACTION_REPEATABLE_READ : Connection.TRANSACTION_READ_COMMITTED;
    }

    /** Returns the database's time in milliseconds since 1970. */
    long now(Connection connection, int timeoutSeconds) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(clock)) {
            statement.setQueryTimeout(timeoutSeconds);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("the query of the database's clock returned no row");
                }
                return isMySql()
                        ? row.getLong(1)
                        : row.getObject(1, OffsetDateTime.class).toInstant().toEpochMilli();
            }
        }
    }
}
