package com.playtcha.jakarta.it.arquillian;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.EverythingWar;
import com.playtcha.jakarta.it.server.Probe;
import com.playtcha.jakarta.it.server.StandIns;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Section 3 for an application with beans and resources: it leaves nothing behind either. */
@Tag("lean")
@Tag("bare")
@Covers(Feature.UNDEPLOY)
@ExtendWith(ArquillianExtension.class)
class ArquillianUndeployBeansIT extends ArquillianUndeploys {

    @Deployment(name = Probe.NAME, testable = false)
    static WebArchive probeWar() {
        return Probe.war();
    }

    @Deployment(name = EverythingWar.NAME, managed = false, testable = false)
    static WebArchive everything() {
        return Probe.marked(ManagedServer.current().everything());
    }

    @Test
    void undeployingEndsEveryThreadAndFreesTheClassesAndDeployingAgainWorks() {
        assertLeavesNoThread(EverythingWar.NAME, EverythingWar.NAME, ArquillianUndeployBeansIT::use);
        assertLeavesNoThread(EverythingWar.NAME, EverythingWar.NAME, ArquillianUndeployBeansIT::use);
        assertFreed();
    }

    private static void use(DeployedApplication app) {
        for (String path : new String[] {"filtered/all", "bean", "free/verified", "free/annotated"}) {
            assertThat(app.post("/api/" + path)
                            .token(StandIns.token("ok"))
                            .send()
                            .status())
                    .as(path)
                    .isEqualTo(200);
        }
    }
}
