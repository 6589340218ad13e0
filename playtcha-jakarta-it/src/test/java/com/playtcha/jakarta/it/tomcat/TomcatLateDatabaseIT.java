package com.playtcha.jakarta.it.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.arquillian.ManagedServer;
import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.LateApplication;
import com.playtcha.jakarta.it.server.LateWar;
import com.playtcha.jakarta.it.server.ServedDatabase;
import com.playtcha.jakarta.it.server.StandIns;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Section 7: the database is gone for a while. */
@Tag("tomcat")
@Covers(Feature.LATE)
@ExtendWith(ArquillianExtension.class)
class TomcatLateDatabaseIT {
    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive application() {
        return LateWar.SERVED.war();
    }

    @Test
    void whatComesWhileTheDatabaseIsGoneIsKeptAndHandedOverWhenItIsBack() {
        StandIns.reset();
        DeployedApplication deployed = ManagedServer.current().application(url);
        LateApplication app = new LateApplication(deployed);
        String before = LateApplication.id("before");
        app.callBack(before, "code");
        app.awaitEffect(before, "COMPLETED", "code");
        List<String> during = new ArrayList<>();

        ServedDatabase.INSTANCE.stop();
        try {
            for (int i = 0; i < 5; i++) {
                during.add(LateApplication.id("during"));
                assertThat(app.callBack(during.get(i), "code").status()).isEqualTo(200);
            }
            assertThat(app.callBack(during.get(0), "code").status()).isEqualTo(200);
            assertThat(Integer.parseInt(app.figures().getOrDefault("directory-files", "")))
                    .isGreaterThanOrEqualTo(5);
            assertThat(deployed.post("/sign-up")
                            .token(StandIns.token("ok"))
                            .send()
                            .status())
                    .isEqualTo(200);
            assertThat(deployed.post("/sign-up")
                            .token(StandIns.token("db-error"))
                            .send()
                            .report())
                    .as("nobody waits for the database")
                    .containsEntry("attribute.playtcha.outcome", "UNAVAILABLE");
        } finally {
            ServedDatabase.INSTANCE.start();
        }

        for (String id : during) {
            app.awaitEffect(id, "COMPLETED", "code");
        }
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(app.figures()).containsEntry("directory-files", "0"));
        app.awaitEffect(before, "COMPLETED", "code");
        app.awaitEffect(during.get(0), "COMPLETED", "code");
    }
}
