package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.ResultText;
import java.time.Clock;
import javax.sql.DataSource;

/** Stores whose leases run by a test's clock, for tests of other packages. */
public final class JdbcStores {
    private JdbcStores() {}

    public static JdbcLateStore withLeaseClock(DataSource dataSource, ResultText results, Clock clock) {
        return JdbcLateStore.withLeaseClock(dataSource, results, clock);
    }
}
