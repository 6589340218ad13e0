package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.LateApplication;
import com.playtcha.jakarta.it.server.LateWar;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestResponse;
import com.playtcha.jakarta.testkit.Reply;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Section 3 and 7: undeploying in the middle of work leaves nothing behind but the work, which the next one finishes. */
@Covers(Feature.LATE)
public interface LateUndeployContract {

    /** Deploys {@link LateWar#UNDEPLOYED}. */
    DeployedApplication deploy() throws Exception;

    /** Ends it. */
    void undeploy() throws Exception;

    /** The library's threads in the server's process, by their names. */
    List<String> ownThreads();

    /** Waits until the classes of the undeployed application are gone. */
    void awaitFreed();

    /** Every test begins with services that know nothing. */
    @BeforeEach
    default void forget() {
        StandIns.reset();
    }

    @Test
    @Timeout(300)
    default void undeployingInTheMiddleOfWorkLosesNothing() throws Exception {
        LateApplication app = new LateApplication(deploy());
        String held = LateApplication.id("held");
        String polled = StandIns.RESULTS.createTask(LateApplication.id("polled"));
        List<CompletableFuture<String>> visitors;
        try {
            visitors = beginWork(app, held, polled);
        } finally {
            undeploy();
        }

        assertThat(ownThreads()).isEmpty();
        assertDatabaseIsClosed();
        awaitFreed();
        endOutages(polled);
        LateApplication again = new LateApplication(deploy());
        try {
            again.awaitEffect(held, "COMPLETED", "code");
            again.awaitEffect(polled, "COMPLETED", "code");
            for (CompletableFuture<String> visitor : visitors) {
                String id = visitor.get(60, TimeUnit.SECONDS);
                if (!id.isEmpty()) {
                    again.awaitEffect(id, "VERIFIED", null);
                }
            }
        } finally {
            undeploy();
        }
        awaitFreed();
    }

    /** The handler does not come back, polls hang, Playtcha is down; the ids that visitors are given, if any. */
    private static List<CompletableFuture<String>> beginWork(LateApplication app, String held, String polled) {
        app.hold();
        assertThat(app.callBack(held, "code").status()).isEqualTo(200);
        StandIns.RESULTS.always(Reply.hang());
        app.track(polled);
        StandIns.RESULTS.awaitPolls(1, Duration.ofSeconds(60));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> "1".equals(app.figures().get("held")));
        StandIns.LATE.always(Reply.error(500, "db_error", "Down."));
        List<CompletableFuture<String>> visitors = new ArrayList<>();
        visitors.add(CompletableFuture.completedFuture(app.signUp("ok", "server-error")));
        int asked = StandIns.LATE.requestCount();
        for (int i = 0; i < 20; i++) {
            visitors.add(app.signUpAsync("ok").handle(LateUndeployContract::promise));
        }
        StandIns.LATE.awaitRequests(asked + 5, Duration.ofSeconds(60));
        return visitors;
    }

    /** The server may well turn a visitor away, or break off, while it undeploys. */
    private static String promise(@Nullable TestResponse answer, @Nullable Throwable broken) {
        return answer == null || !answer.isFrom("application")
                ? ""
                : answer.report().getOrDefault("attribute.playtcha.deferral-id", "");
    }

    private static void endOutages(String polled) {
        StandIns.LATE.always(null);
        StandIns.RESULTS.always(null);
        StandIns.RESULTS.complete(polled, "code");
    }

    /** Another process can open the file, and finds work in it. */
    private static void assertDatabaseIsClosed() throws SQLException {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL(
                "jdbc:h2:file:" + LateWar.UNDEPLOYED.directory().resolve("store/playtcha-late") + ";IFEXISTS=TRUE");
        try (Connection connection = database.getConnection("playtcha", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT COUNT(*) FROM playtcha_late_item WHERE state IN ('AWAITING', 'READY')")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isGreaterThanOrEqualTo(3);
            // What the application set stays set: nothing else would close it.
            statement.execute("SHUTDOWN");
        }
    }
}
