package com.playtcha.jakarta.it.arquillian;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.SmallWar;
import com.playtcha.jakarta.it.server.Wars;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same with JSON-B, JSON-P and MicroProfile Config of the server's own. */
@Tag("lean")
@Covers(Feature.LEAN)
@ExtendWith(ArquillianExtension.class)
class ArquillianLeanDeploymentIT extends ArquillianDeployments {

    @Deployment(name = "SELF_REGISTERED", managed = false, testable = false)
    static WebArchive selfRegistered() {
        return Wars.lean(SmallWar.SELF_REGISTERED.war());
    }

    @Deployment(name = "SELF_REGISTERED_BY_NAME", managed = false, testable = false)
    static WebArchive selfRegisteredByName() {
        return Wars.lean(SmallWar.SELF_REGISTERED_BY_NAME.war());
    }

    @Deployment(name = "GUARDS_NOTHING", managed = false, testable = false)
    static WebArchive guardsNothing() {
        return Wars.lean(SmallWar.GUARDS_NOTHING.war());
    }

    @Deployment(name = "UNMAPPED", managed = false, testable = false)
    static WebArchive unmapped() {
        return Wars.lean(SmallWar.UNMAPPED.war());
    }

    @Deployment(name = "WRONG_SETTINGS", managed = false, testable = false)
    static WebArchive wrongSettings() {
        return Wars.lean(SmallWar.WRONG_SETTINGS.war());
    }

    @Deployment(name = "NO_SETTINGS", managed = false, testable = false)
    static WebArchive noSettings() {
        return Wars.lean(SmallWar.NO_SETTINGS.war());
    }

    @Deployment(name = "NAME_TAKEN", managed = false, testable = false)
    static WebArchive nameTaken() {
        return Wars.lean(SmallWar.NAME_TAKEN.war());
    }

    @Deployment(name = "WITHOUT_ASYNC", managed = false, testable = false)
    static WebArchive withoutAsync() {
        return Wars.lean(SmallWar.WITHOUT_ASYNC.war());
    }

    @Deployment(name = "MICROPROFILE", managed = false, testable = false)
    static WebArchive microprofile() {
        return Wars.lean(SmallWar.MICROPROFILE.war());
    }

    @Deployment(name = "MICROPROFILE_WRONG", managed = false, testable = false)
    static WebArchive microprofileWrong() {
        return Wars.lean(SmallWar.MICROPROFILE_WRONG.war());
    }
}
