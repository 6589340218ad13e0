package com.playtcha.jakarta.it.arquillian;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.contract.DeploymentContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.ServerLog;
import com.playtcha.jakarta.it.server.SmallWar;
import java.util.EnumSet;
import java.util.Set;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.test.api.ArquillianResource;

/** Deploys applications that a subclass declares, each under the name of its constant. */
abstract class ArquillianDeployments implements DeploymentContract {
    @ArquillianResource
    private Deployer deployer;

    private final Set<SmallWar> deployed = EnumSet.noneOf(SmallWar.class);

    @Override
    public DeployedApplication deploy(SmallWar war) {
        deployer.deploy(war.name());
        deployed.add(war);
        return ManagedServer.current().application(war.contextName());
    }

    @Override
    public void undeploy(SmallWar war) {
        if (deployed.remove(war)) {
            deployer.undeploy(war.name());
        }
    }

    @Override
    public boolean refusesDeployment() {
        return ManagedServer.current().refusal() == ManagedServer.Refusal.NOT_FOUND;
    }

    @Override
    public void assertServesNothing(SmallWar war) {
        for (String path : new String[] {"/guarded/echo", "/free/echo", "/", "/nothing/there"}) {
            assertThat(ManagedServer.current()
                            .application(war.contextName())
                            .post(path)
                            .send()
                            .status())
                    .isEqualTo(ManagedServer.current().refusal().status());
        }
    }

    @Override
    public ServerLog log() {
        return ManagedServer.current().log();
    }
}
