package com.playtcha.jakarta.internal.late.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The supported databases, and in what their SQL differs. */
enum Database {
    H2("h2", "SELECT CURRENT_TIMESTAMP", true),
    POSTGRESQL("postgresql", "SELECT clock_timestamp()", true),
    /** MySQL from 8.0, MariaDB from 10.6. A number, since local time is ambiguous when summer time ends. */
    MYSQL("mysql", "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000", true),
    /** Has {@code SKIP LOCKED}, but not in a limited query. */
    ORACLE("oracle", "SELECT SYSTIMESTAMP FROM dual", false),
    SQL_SERVER("sqlserver", "SELECT SYSDATETIMEOFFSET()", false);

    private final String schema;
    /** The query of the database's time. */
    final String clock;
    /** Whether a limited query may end with {@code FOR UPDATE SKIP LOCKED}. */
    final boolean skipLocked;

    Database(String schema, String clock, boolean skipLocked) {
        this.schema = schema;
        this.clock = clock;
        this.skipLocked = skipLocked;
    }

    static Database of(Connection connection) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        String product = metaData.getDatabaseProductName().toLowerCase(Locale.ROOT);
        for (Database database : values()) {
            if (product.replace(" ", "").replace("mariadb", "mysql").contains(database.schema)) {
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
        return this == MYSQL ? " LIMIT " + rows : " OFFSET 0 ROWS FETCH NEXT " + rows + " ROWS ONLY";
    }

    /** Returns the statement that deletes the first rows of a sorted selection. */
    String delete(String key, String rows, int most) {
        String table = rows.substring(0, rows.indexOf(" WHERE"));
        String keys = "SELECT " + key + " FROM " + rows + atMost(most);
        if (this == MYSQL) {
            // These limit no subquery.
            return "DELETE FROM " + rows + atMost(most);
        }
        if (this == H2) {
            // It sorts no deletion, and is slow with a subquery.
            return "DELETE FROM " + rows.substring(0, rows.indexOf(" ORDER BY")) + " FETCH FIRST " + most
                    + " ROWS ONLY";
        }
        // An array, since a join may read the whole table. Nodes that delete at once take different rows.
        String of = this == POSTGRESQL ? " = ANY (ARRAY(" + keys + " FOR UPDATE SKIP LOCKED))" : " IN (" + keys + ")";
        return "DELETE FROM " + table + " WHERE " + key + of;
    }

    /**
     * Returns the statement that makes commits durable, or null where a commit is enough. H2 in this process returns from a
     * commit before it is written when another thread commits too. The statement needs a user with ADMIN rights.
     */
    @Nullable
    String flush(Connection connection) throws SQLException {
        String url = connection.getMetaData().getURL();
        return this != H2 || url == null || url.matches("jdbc:h2:(mem|tcp|ssl):.*") ? null : "CHECKPOINT SYNC";
    }

    /** Returns the strictest isolation that the store's own transactions need; fences do the rest. */
    int isolation() {
        // A weaker level would need another format of the binary log in MariaDB and MySQL.
        return this == MYSQL ? Connection.TRANSACTION_REPEATABLE_READ : Connection.TRANSACTION_READ_COMMITTED;
    }

    /** Reads the row of {@link #clock}, in milliseconds since 1970. */
    long time(ResultSet row) throws SQLException {
        return this == MYSQL
                ? row.getLong(1)
                : row.getObject(1, OffsetDateTime.class).toInstant().toEpochMilli();
    }
}
