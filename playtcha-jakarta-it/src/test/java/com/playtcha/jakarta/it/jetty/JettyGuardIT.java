package com.playtcha.jakarta.it.jetty;

import com.playtcha.jakarta.it.contract.GuardContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.GuardedApplication;
import com.playtcha.jakarta.it.server.JettyServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The whole contract in Jetty 12, embedded. */
@Tag("jetty")
class JettyGuardIT implements GuardContract {
    private static JettyServer jetty;

    @BeforeAll
    static void start() throws Exception {
        jetty = JettyServer.start(GuardedApplication.war());
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
