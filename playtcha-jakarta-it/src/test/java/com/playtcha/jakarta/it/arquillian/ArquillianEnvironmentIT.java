package com.playtcha.jakarta.it.arquillian;

import com.playtcha.jakarta.it.contract.EnvironmentContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.SmallWar;
import java.net.URL;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** A setting from the environment of the server's process, which inherits that of this one. */
@Tag("managed")
@ExtendWith(ArquillianExtension.class)
class ArquillianEnvironmentIT implements EnvironmentContract {
    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive application() {
        return SmallWar.POLICY_FROM_OUTSIDE.war();
    }

    @Override
    public DeployedApplication app() {
        return ManagedServer.current().application(url);
    }
}
