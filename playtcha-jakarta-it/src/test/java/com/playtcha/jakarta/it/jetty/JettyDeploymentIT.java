package com.playtcha.jakarta.it.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.contract.DeploymentContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.JettyServer;
import com.playtcha.jakarta.it.server.ServerLog;
import com.playtcha.jakarta.it.server.SmallWar;
import com.playtcha.jakarta.it.server.StandIns;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ways of setting up a guard, in Jetty 12. */
@Tag("jetty")
class JettyDeploymentIT implements DeploymentContract {
    private static final String PATTERNS = "playtcha.url-patterns";

    private @Nullable JettyServer jetty;

    @Override
    public DeployedApplication deploy(SmallWar war) throws Exception {
        jetty = JettyServer.start(war.war());
        return jetty.application();
    }

    @Override
    public void undeploy(SmallWar war) throws Exception {
        stop();
    }

    @Override
    public ServerLog log() {
        return ServerLog.ofEmbeddedServers();
    }

    @AfterEach
    void stop() throws Exception {
        System.clearProperty(PATTERNS);
        if (jetty != null) {
            jetty.close();
            jetty = null;
        }
    }

    @Test
    void systemPropertyAloneRegistersTheFilter() throws Exception {
        System.setProperty(PATTERNS, "/guarded/*");

        DeployedApplication app = deploy(SmallWar.PATTERNS_FROM_OUTSIDE);

        assertThat(app.post("/guarded/echo").send().status()).isEqualTo(400);
        assertThat(app.post("/guarded/echo").token(StandIns.token("ok")).send().report())
                .containsEntry("attribute.playtcha.outcome", "VERIFIED");
        assertThat(app.post("/free/echo").send().status()).isEqualTo(200);
    }

    @Test
    void systemPropertyThatWebXmlOverridesIsWarnedOf() throws Exception {
        System.setProperty(PATTERNS, "/elsewhere/*");
        long mark = log().mark();

        DeployedApplication app = deploy(SmallWar.SELF_REGISTERED);

        assertThat(app.post("/guarded/echo").send().status()).isEqualTo(400);
        assertThat(log().since(mark)).containsPattern("(?m)^.*WARN.*system property.*$");
    }
}
