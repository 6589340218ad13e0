package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.WorkQueue;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Prepared statements with a time limit, in one transaction. */
class Sql {
    final Connection connection;
    private final Transactions transactions;
    private int timeoutSeconds = Transactions.TIMEOUT_SECONDS;

    /** Whether what is committed must survive the death of the process. */
    boolean durable;
    /** Statements that the transaction begins with, until one is executed. */
    private @Nullable String beginning;
    /** Whether the next query is the transaction's last. */
    private boolean commitsWithNext;

    Sql(Connection connection, Transactions transactions) {
        this.connection = connection;
        this.transactions = transactions;
    }

    /** Has the next statement follow one that sets the mode of the transaction. */
    void beginWith(@Nullable String mode) {
        beginning = mode == null || beginning == null ? mode : beginning + "; " + mode;
    }

    /** Has the next query commit the transaction in the same exchange, on databases that can; it is the last statement. */
    void commitWithNext() {
        commitsWithNext = database() == Database.POSTGRESQL;
    }

    /** Limits how long the transaction waits for rows that others have locked, on databases that can. */
    void waitBriefly() {
        if (database() == Database.POSTGRESQL) {
            beginWith(Statements.WAIT_BRIEFLY);
        }
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

    /** How an item is changed: by a statement, which several items may share, and its parameters. */
    record Change(String key, String statement, @Nullable Object... parameters) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Change change && key.equals(change.key) && parameters == change.parameters;
        }

        @Override
        public int hashCode() {
            return key.hashCode();
        }
    }

    /** As {@link #batch}, with a list of parameters for each item; returns the items of which a row was changed. */
    <T> Set<T> changed(String sql, List<T> items, Function<T, @Nullable Object[]> parameters) throws SQLException {
        int[] counts = batch(sql, items.stream().map(parameters).toList());
        return IntStream.range(0, counts.length)
                .filter(i -> counts[i] == 1)
                .mapToObj(items::get)
                .collect(Collectors.toSet());
    }

    /**
     * Executes a query; on PostgreSQL in one exchange with the statements that the transaction begins with. Returns the rows of
     * all its statements.
     */
    <T> List<T> list(int most, SqlFunction<ResultSet, T> mapper, String sql, @Nullable Object... parameters)
            throws SQLException {
        String all = sql;
        if (beginning != null && transactions.database() == Database.POSTGRESQL) {
            all = beginning + "; " + sql;
            beginning = null;
        }
        if (commitsWithNext) {
            // The driver learns from the database that the transaction has ended.
            all += "; COMMIT";
        }
        try (PreparedStatement statement = prepare(all, parameters)) {
            if (commitsWithNext) {
                // After the commit there is nothing to fetch from. And a statement that was stopped at a limit has not
                // ended for PostgreSQL, even if it has no more rows: the next one would not see what it added.
                statement.setFetchSize(0);
            } else {
                statement.setMaxRows(most);
            }
            List<T> mapped = new ArrayList<>();
            boolean hasRows = statement.execute();
            while (hasRows || statement.getUpdateCount() >= 0) {
                if (hasRows) {
                    map(statement, mapper, mapped);
                }
                hasRows = statement.getMoreResults();
            }
            if (commitsWithNext) {
                requireReplicated(statement.getWarnings());
            }
            return mapped;
        }
    }

    /**
     * PostgreSQL answers a commit whose wait for a standby was cancelled, as at a time limit of the statement, with success
     * and a warning: what the standby does not have is lost when it takes over.
     */
    static void requireReplicated(@Nullable SQLWarning first) throws SQLException {
        for (SQLWarning each = first; each != null; each = each.getNextWarning()) {
            // Notices have another state.
            if ("01000".equals(each.getSQLState()) && !isOfTrigger(each)) {
                throw new SQLException("a commit may not have been replicated", "08007", each);
            }
        }
    }

    /**
     * Returns whether a warning is known to be of PL/pgSQL, of which a trigger of the application's may be: by the server's
     * routine, since the text is in the server's language. The driver may be another one, or absent from this class path.
     */
    private static boolean isOfTrigger(SQLWarning warning) {
        try {
            Object message =
                    warning.getClass().getMethod("getServerErrorMessage").invoke(warning);
            return message != null
                    && "exec_stmt_raise"
                            .equals(message.getClass().getMethod("getRoutine").invoke(message));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return false;
        }
    }

    private static <T> void map(PreparedStatement statement, SqlFunction<ResultSet, T> mapper, List<T> mapped)
            throws SQLException {
        try (ResultSet rows = statement.getResultSet()) {
            while (rows.next()) {
                mapped.add(mapper.apply(rows));
            }
        }
    }

    <T> @Nullable T first(SqlFunction<ResultSet, T> mapper, String sql, @Nullable Object... parameters)
            throws SQLException {
        List<T> rows = list(1, mapper, sql, parameters);
        return rows.isEmpty() ? null : rows.get(0);
    }

    /** Returns whether a query has a row. */
    boolean exists(String sql, @Nullable Object... parameters) throws SQLException {
        return first(row -> true, sql, parameters) != null;
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
        String first = beginning;
        if (first != null) {
            beginning = null;
            update(first);
        }
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
            } else if (value instanceof Object[] column) {
                boolean hasNumbers = Arrays.stream(column).anyMatch(Number.class::isInstance);
                statement.setArray(
                        i + 1, statement.getConnection().createArrayOf(hasNumbers ? "bigint" : "text", column));
            } else {
                statement.setObject(i + 1, asStored(value));
            }
        }
    }

    private static Object asStored(Object value) {
        if (value instanceof Instant time) {
            return time.toEpochMilli();
        }
        if (value instanceof Boolean flag) {
            return flag ? 1L : 0L;
        }
        if (value instanceof WorkQueue queue) {
            return queue.code();
        }
        return value instanceof Number number ? number.longValue() : value.toString();
    }

    /** Returns arrays of the first values of all rows, of the second ones, and so on, as PostgreSQL takes them. */
    static @Nullable Object[] transposed(List<@Nullable Object[]> rows) {
        return IntStream.range(0, rows.get(0).length)
                .mapToObj(column -> rows.stream()
                        .map(row -> row[column] == null ? null : asStored(row[column]))
                        .toArray())
                .toArray();
    }
}
