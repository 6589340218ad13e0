package com.playtcha.jakarta.late.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2LateStoreTest extends JdbcStoreContract {
    @TempDir
    private Path directory;

    private EmbeddedH2 h2;

    @Override
    protected DataSource database() {
        h2 = EmbeddedH2.in(directory);
        return h2.dataSource();
    }

    @Override
    protected void drop() {
        h2.close();
    }

    @Test
    void aThreadThatIsInterruptedClosesTheDatabaseForNobody() throws Exception {
        EmbeddedH2 database = EmbeddedH2.in(directory.resolve("interrupted"));
        write(database, "CREATE TABLE t (id INT PRIMARY KEY, text VARCHAR)");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int first = i * 100;
            all.add(threads.submit(() -> {
                for (int id = first; id < first + 100; id++) {
                    if (id % 3 == 0) {
                        Thread.currentThread().interrupt();
                    }
                    write(database, "INSERT INTO t VALUES (" + id + ", SPACE(5000))");
                    write(database, "CHECKPOINT SYNC");
                    Thread.interrupted();
                }
                return null;
            }));
        }
        for (Future<?> each : all) {
            each.get(60, TimeUnit.SECONDS);
        }
        threads.shutdown();
        database.close();

        EmbeddedH2 again = EmbeddedH2.in(directory.resolve("interrupted"));
        try (Connection connection = again.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*), SUM(LENGTH(text)) FROM t")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(400);
            assertThat(rows.getInt(2)).isEqualTo(2_000_000);
        } finally {
            again.close();
        }
    }

    @Test
    void noThreadOutlivesTheDatabase() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        EmbeddedH2 database = EmbeddedH2.in(directory.resolve("threads"));
        write(database, "CREATE TABLE t (id INT PRIMARY KEY, text VARCHAR)");
        write(database, "INSERT INTO t VALUES (1, SPACE(5000))");
        write(database, "CHECKPOINT SYNC");

        database.close();

        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.getName().startsWith("awaitility"))
                .allMatch(before::contains));
    }

    private static void write(EmbeddedH2 database, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
