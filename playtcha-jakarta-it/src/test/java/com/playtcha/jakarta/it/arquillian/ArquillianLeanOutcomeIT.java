package com.playtcha.jakarta.it.arquillian;

import com.playtcha.jakarta.it.contract.FaultContract;
import com.playtcha.jakarta.it.contract.OutcomeContract;
import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.GuardedApplication;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.Wars;
import java.net.URL;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of each answer of Playtcha's, read by the server's own JSON-P. */
@Tag("lean")
@Covers(Feature.LEAN)
@ExtendWith(ArquillianExtension.class)
class ArquillianLeanOutcomeIT implements OutcomeContract, FaultContract {
    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive application() {
        return Wars.lean(GuardedApplication.war());
    }

    @BeforeEach
    void forget() {
        StandIns.reset();
    }

    @Override
    public DeployedApplication app() {
        return ManagedServer.current().application(url);
    }
}
