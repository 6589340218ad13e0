package com.playtcha.jakarta.it.jetty;

import com.playtcha.jakarta.it.contract.EnvironmentContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.JettyServer;
import com.playtcha.jakarta.it.server.SmallWar;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** A setting from the environment of this process, in Jetty 12. */
@Tag("jetty")
class JettyEnvironmentIT implements EnvironmentContract {
    private static JettyServer jetty;

    @BeforeAll
    static void start() throws Exception {
        jetty = JettyServer.start(SmallWar.POLICY_FROM_OUTSIDE.war());
    }

    @AfterAll
    static void stop() throws Exception {
        jetty.close();
    }

    @Override
    public DeployedApplication app() {
        return jetty.application();
    }
}
