package com.playtcha.jakarta.internal.late.jdbc;

import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;

class MySqlLateStoreTest extends MySqlStoreContract {
    @BeforeAll
    static void start() throws IOException, InterruptedException {
        use(MySqlServer.mySql(directory), "MySQL");
    }

    @Override
    String bulkOption() {
        return "rewriteBatchedStatements=true";
    }
}
