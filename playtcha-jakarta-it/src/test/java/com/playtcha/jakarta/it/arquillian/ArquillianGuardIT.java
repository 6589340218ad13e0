package com.playtcha.jakarta.it.arquillian;

import com.playtcha.jakarta.it.contract.GuardContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.GuardedApplication;
import java.net.URL;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The whole contract in the server that the build chose. */
@Tag("managed")
@ExtendWith(ArquillianExtension.class)
class ArquillianGuardIT implements GuardContract {
    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive application() {
        return GuardedApplication.war();
    }

    @Override
    public DeployedApplication app() {
        return ManagedServer.current().application(url);
    }

    @Override
    public boolean foldsMethodNames() {
        return ManagedServer.current().has(ManagedServer.Trait.FOLDS_METHOD_NAMES);
    }
}
