package com.playtcha.jakarta.it.arquillian;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.contract.InjectionDeploymentContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.InjectionWar;
import com.playtcha.jakarta.it.server.ServerLog;
import java.util.EnumSet;
import java.util.Set;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** What beans need is set, or the application is refused; whatever the server starts first. */
@Tag("lean")
@Tag("bare")
@ExtendWith(ArquillianExtension.class)
class ArquillianInjectionDeploymentIT implements InjectionDeploymentContract {
    @ArquillianResource
    private Deployer deployer;

    private final Set<InjectionWar> deployed = EnumSet.noneOf(InjectionWar.class);

    @Deployment(name = "BY_CONTEXT_PARAMS", managed = false, testable = false)
    static WebArchive byContextParams() {
        return ManagedServer.current().fitted(InjectionWar.BY_CONTEXT_PARAMS);
    }

    @Deployment(name = "VERIFIER_WITHOUT_SETTINGS", managed = false, testable = false)
    static WebArchive verifierWithoutSettings() {
        return ManagedServer.current().fitted(InjectionWar.VERIFIER_WITHOUT_SETTINGS);
    }

    @Deployment(name = "UNDECLARED_GUARD", managed = false, testable = false)
    static WebArchive undeclaredGuard() {
        return ManagedServer.current().fitted(InjectionWar.UNDECLARED_GUARD);
    }

    @Deployment(name = "WRONG_SETTINGS", managed = false, testable = false)
    static WebArchive wrongSettings() {
        return ManagedServer.current().fitted(InjectionWar.WRONG_SETTINGS);
    }

    @Override
    public DeployedApplication deploy(InjectionWar war) {
        deployer.deploy(war.name());
        deployed.add(war);
        return ManagedServer.current().application(war.contextName());
    }

    @Override
    public void undeploy(InjectionWar war) {
        if (deployed.remove(war)) {
            deployer.undeploy(war.name());
        }
    }

    @Override
    public boolean refusesDeployment() {
        return ManagedServer.current().refusal() == ManagedServer.Refusal.NOT_FOUND;
    }

    @Override
    public void assertServesNothing(InjectionWar war) {
        DeployedApplication app = ManagedServer.current().application(war.contextName());
        for (String path : new String[] {"/echo", "/", "/nothing/there"}) {
            assertThat(app.post(path).send().status())
                    .isIn(404, ManagedServer.current().refusal().status());
        }
    }

    @Override
    public ServerLog log() {
        return ManagedServer.current().log();
    }
}
