package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.ResultText;
import java.lang.reflect.Proxy;
import java.time.Clock;
import javax.sql.DataSource;

/** Stores whose leases run by a test's clock, for tests of other packages. */
public final class JdbcStores {
    private JdbcStores() {}

    /** The embedded database, as an application's own data source. */
    public static DataSource dataSource(EmbeddedH2 h2) {
        return (DataSource) Proxy.newProxyInstance(
                JdbcStores.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> h2.getConnection());
    }

    public static JdbcLateStore of(DataSource dataSource, ResultText results) {
        return withLeaseClock(dataSource, results, null);
    }

    public static JdbcLateStore withLeaseClock(DataSource dataSource, ResultText results, Clock clock) {
        return withLeaseClock(dataSource, results, clock, null);
    }

    /** The same for a database of this process alone, which is closed with the store. */
    public static JdbcLateStore withLeaseClock(
            DataSource dataSource, ResultText results, Clock clock, EmbeddedH2 embedded) {
        return new JdbcLateStore(new Transactions(dataSource::getConnection, embedded, clock, false), results);
    }

    /** A store in a database of this process alone, whose connections come from elsewhere. */
    public static JdbcLateStore embedded(DataSource dataSource, ResultText results, EmbeddedH2 embedded) {
        return new JdbcLateStore(new Transactions(dataSource::getConnection, embedded, null, false), results);
    }
}
