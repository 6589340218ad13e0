package com.playtcha.jakarta.late.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.gate.CapturedLog;
import com.playtcha.jakarta.late.store.Acceptance;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
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
    void aUserWithoutAdminRightsIsToldOnceWhatThatCosts() throws Exception {
        String url = "jdbc:h2:" + directory.resolve("others");
        JdbcDataSource admin = h2(url, "admin");
        JdbcLateStore.of(admin, results, Duration.ofSeconds(10)).open();
        try (Connection connection = admin.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE USER plain PASSWORD ''");
            statement.execute("GRANT ALL ON SCHEMA public TO plain");
            try (CapturedLog log = new CapturedLog("com.playtcha.jakarta.late.jdbc", Level.INFO)) {
                JdbcLateStore node = JdbcLateStore.of(h2(url, "plain"), results, Duration.ofSeconds(10));

                assertThat(node.track(task("t1"), now()).isNew()).isTrue();
                assertThat(node.accept(completed("t1", "x"), 10, now())).isEqualTo(Acceptance.STORED);

                assertThat(log.lines())
                        .singleElement()
                        .asString()
                        .startsWith("WARN")
                        .contains("CHECKPOINT SYNC");
            }
            statement.execute("SHUTDOWN");
        }
    }

    private static JdbcDataSource h2(String url, String user) {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL(url);
        dataSource.setUser(user);
        dataSource.setPassword("");
        return dataSource;
    }
}
