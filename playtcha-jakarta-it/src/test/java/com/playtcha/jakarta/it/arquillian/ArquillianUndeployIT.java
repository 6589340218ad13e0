package com.playtcha.jakarta.it.arquillian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.GuardedApplication;
import com.playtcha.jakarta.it.server.Probe;
import com.playtcha.jakarta.it.server.SmallWar;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.Traffic;
import java.net.URL;
import java.time.Duration;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Section 3: undeploying leaves nothing behind, as another application in the same process sees it. */
@Tag("managed")
@Covers(Feature.UNDEPLOY)
@ExtendWith(ArquillianExtension.class)
class ArquillianUndeployIT {
    private static final String GUARDED = "undeployed";
    private static final String MICROPROFILE = "MICROPROFILE";

    @ArquillianResource
    private Deployer deployer;

    @ArquillianResource
    @OperateOnDeployment(Probe.NAME)
    private URL url;

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

    @BeforeEach
    void prepare() {
        StandIns.reset();
        probe().busyEveryThread();
    }

    @Test
    void undeployingEndsEveryThreadAndFreesTheClassesAndDeployingAgainWorks() {
        DeployedApplication app = ManagedServer.current().application(GUARDED);
        for (int round = 0; round < 2; round++) {
            deployer.deploy(GUARDED);
            Traffic.ofEverySort(app);
            leaveMark(app);

            deployer.undeploy(GUARDED);

            assertThat(probe().ownThreads()).isEmpty();
        }
        assertFreed();
    }

    @Test
    void applicationWithMicroProfileConfigIsFreedToo() {
        DeployedApplication app = ManagedServer.current().application(SmallWar.MICROPROFILE.contextName());
        deployer.deploy(MICROPROFILE);
        assertThat(app.post("/guarded/echo").token(StandIns.token("ok")).send().status())
                .isEqualTo(200);
        leaveMark(app);

        deployer.undeploy(MICROPROFILE);

        assertThat(probe().ownThreads()).isEmpty();
        assertFreed();
    }

    private void leaveMark(DeployedApplication app) {
        assertThat(app.get("/mark").send().text()).isEqualTo("HERE");
        assertThat(probe().seesMark()).as("there is something to free").isTrue();
        assertThat(probe().ownThreads()).as("there is something to end").isNotEmpty();
    }

    private void assertFreed() {
        if (ManagedServer.current().has(ManagedServer.Trait.KEEPS_CLASSES)) {
            return;
        }
        probe().busyEveryThread();
        await().atMost(Duration.ofSeconds(30)).until(() -> !probe().seesMark());
    }

    private Probe probe() {
        return new Probe(ManagedServer.current().application(url));
    }
}
