package com.playtcha.jakarta.it.arquillian;

import com.playtcha.jakarta.it.contract.RestDeploymentContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.RestImplementation;
import com.playtcha.jakarta.it.server.RestWar;
import com.playtcha.jakarta.it.server.ServerLog;
import java.util.EnumSet;
import java.util.Set;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.test.api.ArquillianResource;

/** Deploys applications that a subclass declares, each under the name of its constant. */
abstract class ArquillianRestDeployments implements RestDeploymentContract {
    @ArquillianResource
    private Deployer deployer;

    private final Set<RestWar> deployed = EnumSet.noneOf(RestWar.class);

    @Override
    public DeployedApplication deploy(RestWar war, RestImplementation implementation) {
        deployer.deploy(war.name());
        deployed.add(war);
        return ManagedServer.current().application(war.contextName(implementation));
    }

    @Override
    public void undeploy(RestWar war, RestImplementation implementation) {
        if (deployed.remove(war)) {
            deployer.undeploy(war.name());
        }
    }

    @Override
    public ServerLog log() {
        return ManagedServer.current().log();
    }
}
