package com.playtcha.jakarta.late.jdbc;

import java.nio.file.Path;
import javax.sql.DataSource;
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
}
