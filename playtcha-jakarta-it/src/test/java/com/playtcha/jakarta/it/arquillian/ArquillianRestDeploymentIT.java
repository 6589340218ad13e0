package com.playtcha.jakarta.it.arquillian;

import com.playtcha.jakarta.it.server.RestImplementation;
import com.playtcha.jakarta.it.server.RestWar;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Guards of resources that work, and that cannot, on the server's own Jakarta REST. */
@Tag("lean")
@ExtendWith(ArquillianExtension.class)
class ArquillianRestDeploymentIT extends ArquillianRestDeployments {

    @Deployment(name = "BY_HAND", managed = false, testable = false)
    static WebArchive byHand() {
        return RestWar.BY_HAND.war(RestImplementation.OF_SERVER);
    }

    @Deployment(name = "UNDECLARED", managed = false, testable = false)
    static WebArchive undeclared() {
        return RestWar.UNDECLARED.war(RestImplementation.OF_SERVER);
    }

    @Deployment(name = "UNSET", managed = false, testable = false)
    static WebArchive unset() {
        return RestWar.UNSET.war(RestImplementation.OF_SERVER);
    }

    @Deployment(name = "WRONG", managed = false, testable = false)
    static WebArchive wrong() {
        return RestWar.WRONG.war(RestImplementation.OF_SERVER);
    }

    @Override
    public RestImplementation implementation() {
        return RestImplementation.OF_SERVER;
    }
}
