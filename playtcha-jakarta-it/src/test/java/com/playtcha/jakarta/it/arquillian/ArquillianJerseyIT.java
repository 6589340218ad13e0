package com.playtcha.jakarta.it.arquillian;

import com.playtcha.jakarta.it.contract.RestContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.RestImplementation;
import com.playtcha.jakarta.it.server.RestWar;
import java.net.URL;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Resources guarded by annotation, with Jersey in the application. */
@Tag("bare")
@ExtendWith(ArquillianExtension.class)
class ArquillianJerseyIT implements RestContract {
    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive application() {
        return RestWar.RESOURCES.war(RestImplementation.JERSEY);
    }

    @Override
    public DeployedApplication app() {
        return ManagedServer.current().application(url);
    }
}
