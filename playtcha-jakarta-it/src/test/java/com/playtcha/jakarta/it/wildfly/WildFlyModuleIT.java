package com.playtcha.jakarta.it.wildfly;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.arquillian.ManagedServer;
import com.playtcha.jakarta.it.client.ClientServlet;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.SmallWar;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.Wars;
import java.nio.file.Path;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.JavaArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The module {@code jdk.net}, which the jar's manifest asks for. The library opens its connections itself and can do
 * without; whoever uses the HttpClient that came with it cannot.
 */
@Tag("wildfly")
@ExtendWith(ArquillianExtension.class)
class WildFlyModuleIT {
    private static final SmallWar WITH = SmallWar.SELF_REGISTERED;
    private static final SmallWar WITHOUT = SmallWar.SELF_REGISTERED_BY_NAME;

    @ArquillianResource
    private Deployer deployer;

    @Deployment(name = "SELF_REGISTERED", managed = false, testable = false)
    static WebArchive withModule() {
        return using(WITH);
    }

    @Deployment(name = "SELF_REGISTERED_BY_NAME", managed = false, testable = false)
    static WebArchive withoutModule() {
        Path library = Wars.libraryJar();
        WebArchive war = using(WITHOUT);
        if (war.delete("/WEB-INF/lib/" + library.getFileName()) == null) {
            throw new IllegalStateException("not in there: " + library);
        }
        return war.addAsLibrary(ShrinkWrap.createFromZipFile(JavaArchive.class, library.toFile())
                .setManifest(new StringAsset("Manifest-Version: 1.0\n")));
    }

    @Test
    void applicationCanUseTheHttpClientThatTheLibraryBrings() {
        assertThat(clientIn(WITH)).endsWith("DefaultHttpClientConnectionOperator");
    }

    @Test
    void withoutTheManifestItCouldNot() {
        assertThat(clientIn(WITHOUT)).contains("NoClassDefFoundError", "jdk/net/Sockets");
    }

    private static WebArchive using(SmallWar war) {
        return war.war().addPackage(ClientServlet.class.getPackage());
    }

    private String clientIn(SmallWar war) {
        deployer.deploy(war.name());
        try {
            DeployedApplication app = ManagedServer.current().application(war.contextName());
            assertThat(app.post("/guarded/echo")
                            .token(StandIns.token("ok"))
                            .send()
                            .report())
                    .containsEntry("attribute.playtcha.outcome", "VERIFIED");
            return app.get("/client").send().text();
        } finally {
            deployer.undeploy(war.name());
        }
    }
}
