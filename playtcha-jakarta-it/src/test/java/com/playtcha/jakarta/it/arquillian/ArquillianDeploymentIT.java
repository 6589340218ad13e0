package com.playtcha.jakarta.it.arquillian;

import com.playtcha.jakarta.it.server.SmallWar;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Ways of setting up a guard, in the server that the build chose. */
@Tag("managed")
@ExtendWith(ArquillianExtension.class)
class ArquillianDeploymentIT extends ArquillianDeployments {

    @Deployment(name = "SELF_REGISTERED", managed = false, testable = false)
    static WebArchive selfRegistered() {
        return SmallWar.SELF_REGISTERED.war();
    }

    @Deployment(name = "SELF_REGISTERED_BY_NAME", managed = false, testable = false)
    static WebArchive selfRegisteredByName() {
        return SmallWar.SELF_REGISTERED_BY_NAME.war();
    }

    @Deployment(name = "GUARDS_NOTHING", managed = false, testable = false)
    static WebArchive guardsNothing() {
        return SmallWar.GUARDS_NOTHING.war();
    }

    @Deployment(name = "UNMAPPED", managed = false, testable = false)
    static WebArchive unmapped() {
        return SmallWar.UNMAPPED.war();
    }

    @Deployment(name = "WRONG_SETTINGS", managed = false, testable = false)
    static WebArchive wrongSettings() {
        return SmallWar.WRONG_SETTINGS.war();
    }

    @Deployment(name = "NO_SETTINGS", managed = false, testable = false)
    static WebArchive noSettings() {
        return SmallWar.NO_SETTINGS.war();
    }

    @Deployment(name = "NAME_TAKEN", managed = false, testable = false)
    static WebArchive nameTaken() {
        return SmallWar.NAME_TAKEN.war();
    }

    @Deployment(name = "WITHOUT_ASYNC", managed = false, testable = false)
    static WebArchive withoutAsync() {
        return SmallWar.WITHOUT_ASYNC.war();
    }

    @Deployment(name = "MICROPROFILE", managed = false, testable = false)
    static WebArchive microprofile() {
        return ManagedServer.current().fitted(SmallWar.MICROPROFILE.war());
    }

    @Deployment(name = "MICROPROFILE_WRONG", managed = false, testable = false)
    static WebArchive microprofileWrong() {
        return ManagedServer.current().fitted(SmallWar.MICROPROFILE_WRONG.war());
    }
}
