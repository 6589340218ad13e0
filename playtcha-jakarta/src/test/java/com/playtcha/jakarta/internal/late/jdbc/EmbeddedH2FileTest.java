package com.playtcha.jakarta.internal.late.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of the embedded database, which has tokens and results. */
class EmbeddedH2FileTest {
    @TempDir
    private Path directory;

    private String permissions() throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file()));
    }

    private Path file() {
        return directory.resolve("playtcha-late.mv.db");
    }

    private void write(String sql) throws Exception {
        try (EmbeddedH2 h2 = EmbeddedH2.in(directory, null);
                Connection connection = h2.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void isForItsOwnerOnlyAlsoWhereAnEarlierVersionMadeIt() throws Exception {
        write("CREATE TABLE t (x INT)");

        assertThat(permissions()).isEqualTo("rw-------");

        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));
        write("INSERT INTO t VALUES (1)");

        assertThat(permissions()).isEqualTo("rw-------");
    }
}
