package com.playtcha.jakarta.it.jetty;

import com.playtcha.jakarta.it.server.RestImplementation;
import org.junit.jupiter.api.Tag;

/** Guards that cannot work, in Jetty 12 with RESTEasy in the application. */
@Tag("jetty")
class JettyResteasyDeploymentIT extends JettyRestDeployment {
    @Override
    public RestImplementation implementation() {
        return RestImplementation.RESTEASY;
    }
}
