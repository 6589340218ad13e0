package com.playtcha.jakarta.it.arquillian;

import com.playtcha.jakarta.it.server.RestImplementation;
import com.playtcha.jakarta.it.server.RestWar;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Guards of resources that work, and that cannot, with RESTEasy in the application. */
@Tag("bare")
@ExtendWith(ArquillianExtension.class)
class ArquillianResteasyDeploymentIT extends ArquillianRestDeployments {

    @Deployment(name = "BY_HAND", managed = false, testable = false)
    static WebArchive byHand() {
        return RestWar.BY_HAND.war(RestImplementation.RESTEASY);
    }

    @Deployment(name = "UNDECLARED", managed = false, testable = false)
    static WebArchive undeclared() {
        return RestWar.UNDECLARED.war(RestImplementation.RESTEASY);
    }

    @Deployment(name = "UNSET", managed = false, testable = false)
    static WebArchive unset() {
        return RestWar.UNSET.war(RestImplementation.RESTEASY);
    }

    @Deployment(name = "WRONG", managed = false, testable = false)
    static WebArchive wrong() {
        return RestWar.WRONG.war(RestImplementation.RESTEASY);
    }

    @Override
    public RestImplementation implementation() {
        return RestImplementation.RESTEASY;
    }
}
