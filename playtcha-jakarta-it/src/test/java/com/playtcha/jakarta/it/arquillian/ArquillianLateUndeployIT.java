package com.playtcha.jakarta.it.arquillian;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.contract.LateUndeployContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.LateWar;
import com.playtcha.jakarta.it.server.Probe;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Undeploying in the middle of late results, which are kept in the embedded store. */
@Tag("managed")
@ExtendWith(ArquillianExtension.class)
class ArquillianLateUndeployIT extends ArquillianUndeploys implements LateUndeployContract {
    private static final String NAME = "late";

    @Deployment(name = Probe.NAME, testable = false)
    static WebArchive probeWar() {
        return Probe.war();
    }

    @Deployment(name = NAME, managed = false, testable = false)
    static WebArchive application() {
        return Probe.marked(LateWar.UNDEPLOYED.war());
    }

    @Override
    public DeployedApplication deploy() {
        deployer.deploy(NAME);
        DeployedApplication app = ManagedServer.current().application(LateWar.UNDEPLOYED.contextName());
        assertThat(app.get("/mark").send().text()).isEqualTo("HERE");
        assertThat(probe().seesMark()).as("there is something to free").isTrue();
        return app;
    }

    @Override
    public void undeploy() {
        deployer.undeploy(NAME);
    }

    @Override
    public List<String> ownThreads() {
        return probe().ownThreads();
    }

    @Override
    public void awaitFreed() {
        assertFreed();
    }
}
