package com.playtcha.jakarta.it.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.app.CounterServlet;
import com.playtcha.jakarta.it.arquillian.ManagedServer;
import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.LateApplication;
import com.playtcha.jakarta.it.server.LateWar;
import com.playtcha.jakarta.it.server.ServedDatabase;
import com.playtcha.jakarta.it.server.ServerProcess;
import com.playtcha.jakarta.it.server.Wars;
import com.playtcha.jakarta.it.server.WebXml;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A handler that writes by JPA in a transaction of the server, as the page about JPA shows it, while the server is killed with
 * SIGKILL on both sides of the commit, and in the middle of much work.
 */
@Tag("jta")
@Covers(Feature.LATE)
class JtaKillIT {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final String DATABASE = ServedDatabase.INSTANCE.url("jta");
    private static final Path POINTS = Wars.workDirectory("points");

    private static ServerProcess server;

    @BeforeAll
    static void start() throws SQLException {
        sql("CREATE TABLE jta_account (id VARCHAR(200) PRIMARY KEY, verdicts INT NOT NULL)");
        WebArchive war = Wars.withH2(Wars.war(
                        "jta.war",
                        new WebXml()
                                .contextParam("playtcha.late-datasource", "java:app/jdbc/late")
                                .contextParam("playtcha.late-dir", Wars.workDirectory("jta-late"))
                                .contextParam("playtcha.callback-path", "/results")
                                .contextParam("playtcha.callback-key", LateWar.KEY)
                                .contextParam("playtcha.dead-letter-retry", "1s")
                                .servlet("counter", CounterServlet.class, "/counter")
                                .servlet("late", "com.playtcha.jakarta.it.lateapp.LateServlet", "/late/*")
                                .dataSource("java:app/jdbc/late", "org.h2.jdbcx.JdbcDataSource", DATABASE, "sa"))
                .addPackage("com.playtcha.jakarta.it.jtaapp")
                .addPackage("com.playtcha.jakarta.it.lateapp")
                .addAsWebInfResource(new StringAsset("""
                        <beans xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0" bean-discovery-mode="annotated"/>
                        """), "beans.xml")
                .addAsResource(new StringAsset("""
                        <persistence xmlns="https://jakarta.ee/xml/ns/persistence" version="3.0">
                          <persistence-unit name="accounts" transaction-type="JTA">
                            <jta-data-source>java:app/jdbc/late</jta-data-source>
                            <class>com.playtcha.jakarta.it.jtaapp.Account</class>
                          </persistence-unit>
                        </persistence>
                        """), "META-INF/persistence.xml"));
        String points = "-Dit.points=" + POINTS;
        ManagedServer current = ManagedServer.current();
        server = current == ManagedServer.WILDFLY
                ? ServerProcess.wildFly(Path.of(current.property("home")), war, points)
                : ServerProcess.liberty(Path.of(current.property("install")), war, points);
    }

    @AfterAll
    static void end() {
        // Null where it did not start.
        if (server != null) {
            server.close();
        }
    }

    private static LateApplication late() {
        return new LateApplication(server.application());
    }

    private static void callBack(String id) throws SQLException {
        sql("INSERT INTO jta_account VALUES ('" + id + "', 0)");
        assertThat(late().callBack(id, "code").status()).as(id).isEqualTo(200);
    }

    private static void awaitDelivered(String id) {
        await().atMost(LONG).untilAsserted(() -> assertThat(late().track(id)).containsEntry("state", "DELIVERED"));
    }

    private static void awaitPoint(String id) {
        await().atMost(LONG).until(() -> Files.exists(POINTS.resolve(id)));
    }

    @Test
    void completeWithHasOneEffectWhereAKillHasTwoOtherwise() throws SQLException {
        String plain = LateApplication.id("plain") + "-after";
        String before = LateApplication.id("completes") + "-before";
        String after = LateApplication.id("completes") + "-after";
        for (String id : List.of(plain, before, after)) {
            callBack(id);
            awaitPoint(id);
        }
        assertThat(effects(plain)).as("committed, and then killed").isEqualTo(1);
        assertThat(effects(before)).as("killed, and never committed").isZero();
        assertThat(effects(after)).as("committed, and then killed").isEqualTo(1);

        server.kill();
        server.start();

        for (String id : List.of(plain, before, after)) {
            awaitDelivered(id);
        }
        assertThat(effects(plain))
                .as("the kill was between the effect and its completion")
                .isEqualTo(2);
        assertThat(effects(before)).isEqualTo(1);
        assertThat(effects(after)).isEqualTo(1);
    }

    @Test
    void killInTheMiddleOfMuchWorkLeavesOneEffectOfEach() throws SQLException {
        String round = LateApplication.id("slow");
        List<String> ids =
                IntStream.range(0, 100).mapToObj(i -> round + "-" + i).toList();
        for (String id : ids) {
            callBack(id);
        }

        server.kill();
        server.start();

        ids.forEach(JtaKillIT::awaitDelivered);
        for (String id : ids) {
            assertThat(effects(id)).as(id).isEqualTo(1);
        }
    }

    @Test
    void enginesConnectionIsRefusedWithAnErrorThatNamesWhatHolds() throws SQLException {
        String id = LateApplication.id("unwraps");

        callBack(id);

        await().atMost(LONG).until(() -> server.application().log().all(), log -> log.contains(id));
        assertThat(server.application().log().all())
                .contains("A JTA transaction is active in this call of the handler")
                .contains("delivery.completeWith(Connection)");
        assertThat(effects(id)).as("rolled back").isZero();
    }

    private static void sql(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection(DATABASE, "sa", "");
                Statement each = connection.createStatement()) {
            each.execute(statement);
        }
    }

    private static int effects(String id) throws SQLException {
        try (Connection connection = DriverManager.getConnection(DATABASE, "sa", "");
                Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT verdicts FROM jta_account WHERE id = '" + id + "'")) {
            row.next();
            return row.getInt(1);
        }
    }
}
