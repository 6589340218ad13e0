package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.WorkQueue;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Prepared statements with a time limit, in one transaction. */
class Sql {
    final Connection connection;
    private final Transactions transactions;
    private int timeoutSeconds = Transactions.TIMEOUT_SECONDS;

    /** Whether what is committed must survive the death of the process. */
    boolean durable;

    Sql(Connection connection, Transactions transactions) {
        this.connection = connection;
        this.transactions = transactions;
    }

    /** Limits the time of later statements further. */
    void within(int seconds) {
        timeoutSeconds = Math.min(seconds, timeoutSeconds);
    }

    Database database() {
        return Objects.requireNonNull(transactions.database());
    }

    /** Returns the store's time in milliseconds since 1970. */
    long now() throws SQLException {
        return required(row -> row.getLong(1), "SELECT " + Statements.CLOCK);
    }

    /** Reads one row of a result, or does the work of a transaction. */
    interface SqlFunction<A, T> {
        T apply(A from) throws SQLException;
    }

    int update(String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    /**
     * Executes one statement for each list of parameters; returns how many rows each changed. Where a driver does not
     * count them, as MariaDB's with {@code useBulkStmts}, the transaction fails and is repeated without batches.
     */
    int[] batch(String sql, List<@Nullable Object[]> rows) throws SQLException {
        if (rows.size() < 2 || transactions.batchCountsUnavailable) {
            int[] changed = new int[rows.size()];
            for (int i = 0; i < changed.length; i++) {
                changed[i] = update(sql, rows.get(i));
            }
            return changed;
        }
        try (PreparedStatement statement = prepare(sql)) {
            for (@Nullable Object[] row : rows) {
                bind(statement, row);
                statement.addBatch();
            }
            int[] changed = statement.executeBatch();
            // Where rows are only added, the counts are ignored.
            if (!sql.contains(" VALUES ") && Arrays.stream(changed).anyMatch(count -> count < 0)) {
                transactions.batchCountsUnavailable = true;
                throw new SQLException("the driver does not count the rows of a batch", "40000");
            }
            return changed;
        }
    }

    <T> List<T> list(int most, SqlFunction<ResultSet, T> mapper, String sql, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters)) {
            statement.setMaxRows(most);
            List<T> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(mapper.apply(result));
                }
            }
            return rows;
        }
    }

    <T> @Nullable T first(SqlFunction<ResultSet, T> mapper, String sql, @Nullable Object... parameters)
            throws SQLException {
        List<T> rows = list(1, mapper, sql, parameters);
        return rows.isEmpty() ? null : rows.get(0);
    }

    /** Returns the first row of a query that always has one. */
    <T> T required(SqlFunction<ResultSet, T> mapper, String sql, @Nullable Object... parameters) throws SQLException {
        T row = first(mapper, sql, parameters);
        if (row == null) {
            throw new SQLException("a query returned no row: " + sql);
        }
        return row;
    }

    private PreparedStatement prepare(String sql, @Nullable Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(transactions.withClock(sql));
        try {
            statement.setQueryTimeout(timeoutSeconds);
            bind(statement, parameters);
            return statement;
        } catch (Throwable e) {
            statement.close();
            throw e;
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            Object value = parameters[i];
            if (value == null) {
                // Only texts may be null in these tables.
                statement.setNull(i + 1, Types.VARCHAR);
            } else if (value instanceof Instant time) {
                statement.setLong(i + 1, time.toEpochMilli());
            } else if (value instanceof Boolean flag) {
                statement.setInt(i + 1, flag ? 1 : 0);
            } else if (value instanceof WorkQueue queue) {
                statement.setString(i + 1, queue.code());
            } else {
                statement.setObject(i + 1, value instanceof Number ? value : value.toString());
            }
        }
    }
}
