package com.playtcha.jakarta.it.tomcat;

import com.playtcha.jakarta.it.arquillian.ManagedServer;
import com.playtcha.jakarta.it.contract.LateContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.LateWar;
import java.net.URL;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Late results in a data source that Tomcat makes and pools. */
@Tag("tomcat")
@ExtendWith(ArquillianExtension.class)
class TomcatLateResourceIT implements LateContract {
    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive application() {
        return LateWar.RESOURCE.war();
    }

    @Override
    public DeployedApplication app() {
        return ManagedServer.current().application(url);
    }
}
