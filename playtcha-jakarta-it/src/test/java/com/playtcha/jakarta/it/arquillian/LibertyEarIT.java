package com.playtcha.jakarta.it.arquillian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.playtcha.jakarta.it.server.InjectionWar;
import com.playtcha.jakarta.it.server.Wars;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The jar in an EAR's lib, of which Open Liberty does not run the initializer: the paths of url-patterns are open. */
@Tag("liberty")
@ExtendWith(ArquillianExtension.class)
class LibertyEarIT {
    private static final String NAME = "shared";

    @ArquillianResource
    private Deployer deployer;

    @Deployment(name = NAME, managed = false, testable = false)
    static EnterpriseArchive application() {
        WebArchive war = Wars.lean(InjectionWar.INJECTED.lean());
        EnterpriseArchive ear = ShrinkWrap.create(EnterpriseArchive.class, NAME + ".ear");
        war.getContent(path ->
                        path.get().startsWith("/WEB-INF/lib/") && path.get().endsWith(".jar"))
                .forEach((path, jar) -> {
                    war.delete(path);
                    ear.addAsLibrary(
                            jar.getAsset(), path.get().substring(path.get().lastIndexOf('/') + 1));
                });
        return ear.addAsModule(war);
    }

    @Test
    void initializerThatIsNotRunIsAnError() {
        assumeThat(ManagedServer.current()).as("the library runs by CDI alone").isEqualTo(ManagedServer.LIBERTY);
        long mark = ManagedServer.current().log().mark();

        deployer.deploy(NAME);
        try {
            assertThat(ManagedServer.current().log().since(mark))
                    .contains("url-patterns and callback-path have NO effect", "Put it into WEB-INF/lib");
        } finally {
            deployer.undeploy(NAME);
        }
    }
}
