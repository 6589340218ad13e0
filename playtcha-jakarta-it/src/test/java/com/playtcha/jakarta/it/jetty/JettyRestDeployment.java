package com.playtcha.jakarta.it.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.contract.RestDeploymentContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.JettyServer;
import com.playtcha.jakarta.it.server.RestImplementation;
import com.playtcha.jakarta.it.server.RestWar;
import com.playtcha.jakarta.it.server.ServerLog;
import com.playtcha.jakarta.it.server.StandIns;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Guards that cannot work, and the end of those that do. */
abstract class JettyRestDeployment implements RestDeploymentContract {
    private @Nullable JettyServer jetty;

    @Override
    public DeployedApplication deploy(RestWar war, RestImplementation implementation) throws Exception {
        jetty = JettyServer.start(war.war(implementation));
        return jetty.application();
    }

    @Override
    public void undeploy(RestWar war, RestImplementation implementation) throws Exception {
        stop();
    }

    @Override
    public ServerLog log() {
        return ServerLog.ofEmbeddedServers();
    }

    @AfterEach
    void stop() throws Exception {
        if (jetty != null) {
            jetty.close();
            jetty = null;
        }
    }

    @Test
    void undeployingEndsEveryThreadBeforeItReturns() throws Exception {
        try (JettyServer server = JettyServer.start(RestWar.RESOURCES.war(implementation()))) {
            assertThat(server.application()
                            .post("/api/guards/open")
                            .body("text/plain", "body")
                            .token(StandIns.token("ok"))
                            .send()
                            .status())
                    .isEqualTo(200);
            assertThat(ownThreads()).as("there is something to end").isNotEmpty();

            server.undeploy();

            assertThat(ownThreads()).isEmpty();
        }
    }

    private static List<String> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("playtcha-"))
                .toList();
    }
}
