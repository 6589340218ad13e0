package com.playtcha.jakarta.it.bench.late;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;

/** A PostgreSQL that flushes each commit, which the embedded one does not do by itself. */
final class Postgres implements AutoCloseable {
    private final EmbeddedPostgres server;

    private Postgres(EmbeddedPostgres server) {
        this.server = server;
    }

    static Postgres start() throws IOException, SQLException {
        Postgres postgres = new Postgres(EmbeddedPostgres.builder()
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "300")
                .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                .setPGStartupWait(Duration.ofMinutes(2))
                .start());
        if (!postgres.show("fsync").equals("on")
                || !postgres.show("synchronous_commit").equals("on")) {
            throw new IllegalStateException("this PostgreSQL does not flush its commits");
        }
        execute(postgres.server.getPostgresDatabase(), "CREATE EXTENSION pg_stat_statements");
        return postgres;
    }

    String url() {
        return server.getJdbcUrl("postgres", "postgres");
    }

    String version() throws SQLException {
        return show("server_version");
    }

    private String show(String setting) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW " + setting)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Returns the processor time that its processes have used so far; those that ended are left out. */
    Duration processorTime() throws SQLException, IOException {
        Path file = Path.of(show("data_directory"), "postmaster.pid");
        long pid = Long.parseLong(Files.readAllLines(file).get(0));
        return ProcessHandle.of(pid)
                .orElseThrow()
                .descendants()
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** What a server has done since some moment. */
    record Work(long statements, long commits, long flushes) {
        Work since(Work before) {
            return new Work(statements - before.statements, commits - before.commits, flushes - before.flushes);
        }

        /** Returns the three numbers for each of so many items. */
        String perItem(double items) {
            return "%.2f / %.3f / %.3f".formatted(statements / items, commits / items, flushes / items);
        }
    }

    /**
     * Returns what the server has done so far: statements but those that begin and end transactions, transactions that
     * changed something, and flushes of its log. Sessions report their transactions once they have been idle for a while.
     */
    Work work() throws SQLException {
        DataSource database = server.getPostgresDatabase();
        return new Work(
                count(
                        database,
                        "SELECT COALESCE(SUM(calls), 0) FROM pg_stat_statements WHERE query !~* '^(begin|commit|rollback)' AND"
                                + " query !~ '(pg_stat|NOT IN)'"),
                count(database, "SELECT (pg_current_xact_id()::text)::bigint"),
                count(database, "SELECT wal_sync FROM pg_stat_wal"));
    }

    /**
     * Does what the server would do in the background sooner or later, so that no turn pays for another, and each has
     * plans for tables of the size that they have.
     */
    void settle() throws SQLException {
        execute(server.getPostgresDatabase(), "VACUUM ANALYZE", "CHECKPOINT");
    }

    static HikariDataSource pool(String url, int size, String application) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.addDataSourceProperty("ApplicationName", application);
        config.setMaximumPoolSize(size);
        return new HikariDataSource(config);
    }

    static void execute(DataSource dataSource, String... statements) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static long count(DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
