package com.playtcha.jakarta.it.arquillian;

import com.playtcha.jakarta.it.contract.EverythingContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import java.net.URL;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Everything at once, of the server's own or in the WAR. */
@Tag("lean")
@Tag("bare")
@ExtendWith(ArquillianExtension.class)
class ArquillianEverythingIT implements EverythingContract {
    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive application() {
        return ManagedServer.current().everything();
    }

    @Override
    public DeployedApplication app() {
        return ManagedServer.current().application(url);
    }
}
