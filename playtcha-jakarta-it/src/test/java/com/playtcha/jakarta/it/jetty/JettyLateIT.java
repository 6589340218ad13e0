package com.playtcha.jakarta.it.jetty;

import com.playtcha.jakarta.it.contract.LateContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.JettyServer;
import com.playtcha.jakarta.it.server.LateWar;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** Late results in Jetty 12, kept in the embedded store. */
@Tag("jetty")
class JettyLateIT implements LateContract {
    private static JettyServer jetty;

    @BeforeAll
    static void start() throws Exception {
        jetty = JettyServer.start(LateWar.EMBEDDED.war());
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
