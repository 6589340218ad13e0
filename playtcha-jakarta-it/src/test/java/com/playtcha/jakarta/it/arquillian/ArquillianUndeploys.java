package com.playtcha.jakarta.it.arquillian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.Probe;
import com.playtcha.jakarta.it.server.StandIns;
import java.net.URL;
import java.time.Duration;
import java.util.function.Consumer;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.junit.jupiter.api.BeforeEach;

/** Deploys, uses and undeploys applications that a subclass declares, and looks what is left in the process. */
abstract class ArquillianUndeploys {
    @ArquillianResource
    Deployer deployer;

    @ArquillianResource
    @OperateOnDeployment(Probe.NAME)
    private URL url;

    @BeforeEach
    void prepare() {
        StandIns.reset();
        probe().busyEveryThread();
    }

    /** Once. */
    void assertLeavesNoThread(String deployment, String contextName, Consumer<DeployedApplication> use) {
        DeployedApplication app = ManagedServer.current().application(contextName);
        deployer.deploy(deployment);
        use.accept(app);
        assertThat(app.get("/mark").send().text()).isEqualTo("HERE");
        assertThat(probe().seesMark()).as("there is something to free").isTrue();
        assertThat(probe().ownThreads()).as("there is something to end").isNotEmpty();

        deployer.undeploy(deployment);

        assertThat(probe().ownThreads()).isEmpty();
    }

    /** After the last one. */
    void assertFreed() {
        if (ManagedServer.current().has(ManagedServer.Trait.KEEPS_CLASSES)) {
            return;
        }
        await().atMost(Duration.ofMinutes(2)).until(() -> {
            probe().busyEveryThread();
            return !probe().seesMark();
        });
    }

    Probe probe() {
        return new Probe(ManagedServer.current().application(url));
    }
}
