package com.playtcha.jakarta.internal.late.jdbc;

import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;

class MariaDbLateStoreTest extends MySqlStoreContract {
    @BeforeAll
    static void start() throws IOException {
        use(MySqlServer.mariaDb(directory), "MariaDB");
    }

    @Override
    String bulkOption() {
        return "useBulkStmts=true";
    }
}
