package com.playtcha.jakarta.internal.late.jdbc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.apache.derby.jdbc.EmbeddedDataSource;

class DerbyLateStoreTest extends JdbcStoreContract {
    private static int count;

    private EmbeddedDataSource derby;

    @Override
    protected DataSource database() {
        System.setProperty("derby.stream.error.file", "target/derby.log");
        derby = new EmbeddedDataSource();
        derby.setDatabaseName("memory:late-" + ++count);
        derby.setCreateDatabase("create");
        return derby;
    }

    @Override
    protected void drop() {
        derby.setCreateDatabase("false");
        derby.setConnectionAttributes("drop=true");
        assertThatThrownBy(derby::getConnection)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("dropped");
    }
}
