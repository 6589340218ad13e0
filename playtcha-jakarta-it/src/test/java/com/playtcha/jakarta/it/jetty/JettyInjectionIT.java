package com.playtcha.jakarta.it.jetty;

import com.playtcha.jakarta.it.contract.InjectionContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.InjectionWar;
import com.playtcha.jakarta.it.server.JettyServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** Injection in a bare Jetty 12, with Weld and SmallRye Config in the WAR. */
@Tag("jetty")
class JettyInjectionIT implements InjectionContract {
    private static JettyServer jetty;

    @BeforeAll
    static void start() throws Exception {
        jetty = JettyServer.start(InjectionWar.INJECTED.withEverythingInside());
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
