package com.playtcha.jakarta.it.jetty;

import com.playtcha.jakarta.it.contract.RestContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.JettyServer;
import com.playtcha.jakarta.it.server.RestImplementation;
import com.playtcha.jakarta.it.server.RestWar;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** Resources guarded by annotation, in Jetty 12 with Jersey in the application. */
@Tag("jetty")
class JettyJerseyIT implements RestContract {
    private static JettyServer jetty;

    @BeforeAll
    static void start() throws Exception {
        jetty = JettyServer.start(RestWar.RESOURCES.war(RestImplementation.JERSEY));
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
