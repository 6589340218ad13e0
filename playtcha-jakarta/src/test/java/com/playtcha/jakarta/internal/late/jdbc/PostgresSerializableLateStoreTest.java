package com.playtcha.jakarta.internal.late.jdbc;

import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The same with a pool whose transactions are the strictest there are, and fail where others wait. */
class PostgresSerializableLateStoreTest extends PostgresLateStoreTest {

    @Override
    DataSource server() {
        PGSimpleDataSource strict = (PGSimpleDataSource) super.server();
        strict.setOptions("-c default_transaction_isolation=serializable");
        return strict;
    }
}
