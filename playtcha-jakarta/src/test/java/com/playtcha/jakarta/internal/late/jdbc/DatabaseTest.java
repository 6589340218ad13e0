package com.playtcha.jakarta.internal.late.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.ResultText;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which databases the store uses, by what their drivers say of them. */
class DatabaseTest {
    private static final String URL = "jdbc:h2:mem:database-test;DB_CLOSE_DELAY=-1";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            H2         | 2.2.224 (2023-09-17)
            H2         | 2.4.240 (2025-09-22)
            PostgreSQL | 14.15
            PostgreSQL | 15.8 (Debian 15.8-1.pgdg120+1)
            PostgreSQL | 18beta1
            PostgreSQL | 18.1
            MariaDB    | 10.6.18-MariaDB-log
            MariaDB    | 10.11.19-MariaDB-0+deb12u1
            MySQL      | 5.5.5-10.6.18-MariaDB
            MariaDB    | 11.4.5-MariaDB
            MariaDB    | 12.0.2-MariaDB
            MySQL      | 8.0.36-0ubuntu0.22.04.1
            MySQL      | 9.7.0
            """)
    void versionsThatWereProvenAreUsed(String product, String version) throws SQLException {
        for (String wsrep : new String[] {"OFF", null}) {
            assertThat(Database.of(saying(product, version, wsrep).getConnection(), false))
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            H2         | 1.4.200 (2019-10-14)
            H2         | 2.5.252 (2026-02-01)
            PostgreSQL | 9.6.24
            PostgreSQL | 13.0.0
            PostgreSQL | 15.2-YB-2.25.0.0-b0
            MariaDB    | 10.5.25-MariaDB
            MySQL      | 5.5.5-10.5.25-MariaDB
            MySQL      | 5.7.44
            MySQL      | 8.0.11-TiDB-v7.5.0
            """)
    void othersAreRefusedUnlessASettingSaysUnproven(String product, String version) {
        ResultText texts = new ResultText(new StrictJson(), new JsonWriter());
        DataSource dataSource = saying(product, version);

        try (LateStore store = JdbcLateStore.named("late", dataSource, texts, false)) {
            assertThatThrownBy(store::counts)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not proven on " + product + " " + version)
                    .hasMessageContaining("PostgreSQL 14 or later")
                    .hasMessageContaining("late-database = unproven");
        }
        if (product.equals("H2")) {
            // The database that it really is.
            try (LateStore store = JdbcLateStore.named("late", dataSource, texts, true)) {
                assertThat(store.counts().ready()).isZero();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"MariaDB,10.11.19-MariaDB-0+deb12u1", "MySQL,8.0.36-28.1"})
    void aGaleraClusterIsRefusedUnlessASettingSaysUnproven(String product, String version) throws SQLException {
        DataSource dataSource = saying(product, version, "ON");

        assertThatThrownBy(() -> Database.of(dataSource.getConnection(), false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not proven on " + product + " " + version + " with Galera")
                .hasMessageContaining("late-database = unproven");
        assertThat(Database.of(dataSource.getConnection(), true)).isEqualTo(Database.MYSQL);
    }

    @ParameterizedTest
    @CsvSource({"Oracle,Oracle Database 23ai", "Microsoft SQL Server,16.00.4135", "Apache Derby,10.17.1.0"})
    void databasesWithoutSqlAreRefusedWhateverIsSet(String product, String version) {
        assertThatThrownBy(() -> Database.of(saying(product, version).getConnection(), true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("Late results cannot be stored in " + product)
                .hasMessageContaining("MariaDB 10.6 or later");
    }

    @Test
    void theDatabaseThatTheBuildTestsWithIsProven() throws SQLException {
        assertThat(Database.of(h2().getConnection(), false)).isEqualTo(Database.H2);
    }

    private static DataSource h2() {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL(URL);
        return h2;
    }

    private static DataSource saying(String product, String version) {
        return saying(product, version, null);
    }

    /** A database whose driver says that it is another, with this value of Galera's variable. */
    private static DataSource saying(String product, String version, String wsrep) {
        DataSource h2 = h2();
        return proxy(DataSource.class, h2, (real, method, arguments) -> {
            Object made = method.invoke(real, arguments);
            return !(made instanceof Connection connection)
                    ? made
                    : proxy(Connection.class, connection, (open, called, given) -> switch (called.getName()) {
                        case "getMetaData" ->
                            proxy(
                                    DatabaseMetaData.class,
                                    connection.getMetaData(),
                                    (metaData, requested, with) -> switch (requested.getName()) {
                                        case "getDatabaseProductName" -> product;
                                        case "getDatabaseProductVersion" -> version;
                                        default -> requested.invoke(metaData, with);
                                    });
                        case "prepareStatement" ->
                            connection.prepareStatement(
                                    String.valueOf(given[0]).startsWith("SHOW VARIABLES")
                                            ? "SELECT 'wsrep_on', '" + wsrep + "'"
                                                    + (wsrep == null ? " WHERE 1 = 0" : "")
                                            : String.valueOf(given[0]));
                        default -> called.invoke(open, given);
                    });
        });
    }

    private interface Call {
        Object on(Object real, Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, T real, Call call) {
        return type.cast(Proxy.newProxyInstance(
                DatabaseTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        return call.on(real, method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
