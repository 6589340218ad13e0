package com.playtcha.jakarta.it.arquillian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.LateWar;
import com.playtcha.jakarta.it.server.ServerLog;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An application whose results two beans could take is refused, wherever these are. On servers whose log under test says
 * why.
 */
@Tag("wildfly")
@Tag("glassfish")
@Covers(Feature.LATE)
@ExtendWith(ArquillianExtension.class)
class ArquillianLateBeanDeploymentIT {
    @ArquillianResource
    private Deployer deployer;

    @Deployment(name = "TWO_BEANS", managed = false, testable = false)
    static WebArchive twoBeans() {
        return LateWar.TWO_BEANS.war();
    }

    @Deployment(name = "BEAN_IN_A_JAR", managed = false, testable = false)
    static WebArchive beanInAJar() {
        return LateWar.BEAN_IN_A_JAR.war();
    }

    @ParameterizedTest
    @EnumSource(
            value = LateWar.class,
            names = {"TWO_BEANS", "BEAN_IN_A_JAR"})
    void twoHandlersKeepAnApplicationFromStarting(LateWar war) {
        ServerLog log = ManagedServer.current().log();
        long mark = log.mark();

        Throwable refusal = catchThrowable(() -> deployer.deploy(war.name()));

        if (refusal == null) {
            deployer.undeploy(war.name());
        }
        assertThat(refusal).as("%s must not be deployed", war).isNotNull();
        assertThat(log.since(mark))
                .contains("more than one CDI bean is a LateResultHandler")
                .contains(
                        "com.playtcha.jakarta.it.lateapp.RecordingHandler, com.playtcha.jakarta.it.latecdi.RecordingBean");
    }
}
