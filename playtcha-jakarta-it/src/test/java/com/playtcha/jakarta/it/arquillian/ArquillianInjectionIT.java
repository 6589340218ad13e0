package com.playtcha.jakarta.it.arquillian;

import com.playtcha.jakarta.it.contract.InjectionContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.InjectionWar;
import java.net.URL;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Injection: the server's own CDI and MicroProfile Config, or those in the WAR. */
@Tag("lean")
@Tag("bare")
@ExtendWith(ArquillianExtension.class)
class ArquillianInjectionIT implements InjectionContract {
    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive application() {
        return ManagedServer.current().fitted(InjectionWar.INJECTED);
    }

    @Override
    public DeployedApplication app() {
        return ManagedServer.current().application(url);
    }
}
