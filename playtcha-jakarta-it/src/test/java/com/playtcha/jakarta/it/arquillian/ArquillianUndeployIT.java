package com.playtcha.jakarta.it.arquillian;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.GuardedApplication;
import com.playtcha.jakarta.it.server.Probe;
import com.playtcha.jakarta.it.server.SmallWar;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.Traffic;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Section 3: undeploying leaves nothing behind, as another application in the same process sees it. */
@Tag("managed")
@Covers(Feature.UNDEPLOY)
@ExtendWith(ArquillianExtension.class)
class ArquillianUndeployIT extends ArquillianUndeploys {
    private static final String GUARDED = "undeployed";
    private static final String MICROPROFILE = "MICROPROFILE";

    @Deployment(name = Probe.NAME, testable = false)
    static WebArchive probeWar() {
        return Probe.war();
    }

    @Deployment(name = GUARDED, managed = false, testable = false)
    static WebArchive guarded() {
        return Probe.marked(GuardedApplication.war(GUARDED + ".war"));
    }

    @Deployment(name = MICROPROFILE, managed = false, testable = false)
    static WebArchive microprofile() {
        return Probe.marked(ManagedServer.current().fitted(SmallWar.MICROPROFILE.war()));
    }

    @Test
    void undeployingEndsEveryThreadAndFreesTheClassesAndDeployingAgainWorks() {
        assertLeavesNoThread(GUARDED, GUARDED, Traffic::ofEverySort);
        assertLeavesNoThread(GUARDED, GUARDED, Traffic::ofEverySort);
        assertFreed();
    }

    @Test
    void applicationWithMicroProfileConfigIsFreedToo() {
        assertLeavesNoThread(
                MICROPROFILE,
                SmallWar.MICROPROFILE.contextName(),
                app -> assertThat(app.post("/guarded/echo")
                                .token(StandIns.token("ok"))
                                .send()
                                .status())
                        .isEqualTo(200));
        assertFreed();
    }
}
