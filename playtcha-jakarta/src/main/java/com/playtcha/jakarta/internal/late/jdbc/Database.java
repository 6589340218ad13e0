package com.playtcha.jakarta.internal.late.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The supported databases, and in what their SQL differs. */
enum Database {
    /** H2 2.5 has lost commits. */
    H2("h2", "2\\.[2-4]\\..*", "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)"),
    /** The time of the statement, and not of a transaction that may be an application's. */
    POSTGRESQL(
            "postgresql",
            "(1[4-9]|[2-9]\\d)(\\.\\d+|beta\\d+|rc\\d+)*( .*)?",
            "CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000 AS BIGINT)"),
    /** With {@code SKIP LOCKED}. MySQL's driver may see a prefix of MariaDB's version. */
    MYSQL(
            "mysql",
            "(5\\.5\\.5-)?(10\\.([6-9]|1\\d)|1[1-9]|[2-9]\\d)\\..*MariaDB.*"
                    + "|([89]|[1-9]\\d)\\.\\d+\\.(?!.*(MariaDB|TiDB|Vitess|OceanBase)).*",
            "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000)");

    private static final String PROVEN =
            "H2 2.2 to 2.4, PostgreSQL 14 or later, MariaDB 10.6 or later without Galera, or MySQL 8.0 or later";
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final String schema;
    /** The versions that the store was proven on; a database that only speaks the same language has another form. */
    private final Pattern proven;
    /** The expression of the database's time, in milliseconds since 1970. */
    private final String clock;
    /** Statements with that expression, so that each text is one object, which drivers find by its hash. */
    private final Map<String, String> withClock = new ConcurrentHashMap<>();

    Database(String schema, String proven, String clock) {
        this.schema = schema;
        this.proven = Pattern.compile(proven);
        this.clock = clock;
    }

    /**
     * Returns the database that a connection leads to.
     *
     * @param mayBeUnproven whether other versions than those that the store was proven on are used, with a warning
     * @throws IllegalStateException for any other database
     */
    static Database of(Connection connection, boolean mayBeUnproven) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        String product = metaData.getDatabaseProductName();
        String version = metaData.getDatabaseProductVersion();
        String language = product.toLowerCase(Locale.ROOT).replace(" ", "").replace("mariadb", "mysql");
        for (Database database : values()) {
            if (language.contains(database.schema)) {
                boolean isCluster = database == MYSQL && isGalera(connection);
                if (database.proven.matcher(version).matches() && !isCluster) {
                    return database;
                }
                version += isCluster ? " with Galera" : "";
                if (mayBeUnproven) {
                    LOG.warn(
                            "Late results are stored in {} {}, on which they were not proven. Use {}",
                            product,
                            version,
                            PROVEN);
                    return database;
                }
                throw new IllegalStateException("Late results were not proven on " + product + " " + version + ". Use "
                        + PROVEN + ", or set late-database = unproven and test it yourself.");
            }
        }
        throw new IllegalStateException(
                "Late results cannot be stored in " + product + " " + version + ". Use " + PROVEN + ".");
    }

    /**
     * Galera has replicated parts of transactions: when a server failed, rows of statements that had been answered with
     * success were missing from a commit that was answered so, too. MySQL has no such variable.
     */
    private static boolean isGalera(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SHOW VARIABLES LIKE 'wsrep_on'");
                ResultSet variable = statement.executeQuery()) {
            return variable.next() && variable.getString(2).equals("ON");
        }
    }

    /** Returns a statement with the database's time in place of {@link Statements#CLOCK}. */
    String withClock(String sql) {
        return sql.contains(Statements.CLOCK)
                ? withClock.computeIfAbsent(sql, key -> key.replace(Statements.CLOCK, clock))
                : sql;
    }

    /** Returns the name of the file that adds a version of the tables. */
    String schemaFile(int version) {
        return "schema-" + version + "-" + schema + ".sql";
    }

    /** Returns the end of a sorted query that limits its rows in the database. */
    String atMost(int rows) {
        return this == MYSQL ? " LIMIT " + rows : " OFFSET 0 ROWS FETCH NEXT " + rows + " ROWS ONLY";
    }

    /** Returns the statement that deletes the first rows of a sorted selection. */
    String delete(String key, String rows, int most) {
        return switch (this) {
            // These limit no subquery.
            case MYSQL -> "DELETE FROM " + rows + atMost(most);
            // It sorts no deletion, and is slow with a subquery.
            case H2 ->
                "DELETE FROM " + rows.substring(0, rows.indexOf(" ORDER BY")) + " FETCH FIRST " + most + " ROWS ONLY";
            // An array, since a join may read the whole table. Nodes that delete at once take different rows.
            case POSTGRESQL ->
                "DELETE FROM " + rows.substring(0, rows.indexOf(" WHERE")) + " WHERE " + key + " = ANY (ARRAY(SELECT "
                        + key + " FROM " + rows + atMost(most) + " FOR UPDATE SKIP LOCKED))";
        };
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

    /**
     * Returns the statement that sets a transaction's isolation where the pool's differs from what the store needs, or
     * null: fences do the rest.
     */
    @Nullable
    String readCommitted(int isolation) {
        return this == H2 || isolation == Connection.TRANSACTION_READ_COMMITTED
                ? null
                : "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";
    }

    /**
     * Returns what a transaction of the store's own begins with, or null. PostgreSQL keeps plans, and one that it made while
     * the queue was empty, as after each vacuum, would read the whole table for each row of a backlog. For a few keys it would
     * plan each time anew, which takes longer than to look them up.
     */
    @Nullable
    String beginning(@Nullable String isolation) {
        String byIndex = "SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan";
        return this != POSTGRESQL ? isolation : isolation == null ? byIndex : isolation + "; " + byIndex;
    }
}
