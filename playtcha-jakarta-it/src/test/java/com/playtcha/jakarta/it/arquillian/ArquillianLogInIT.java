package com.playtcha.jakarta.it.arquillian;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.LogInWar;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestResponse;
import java.io.IOException;
import java.nio.file.Path;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** docs/recipes/log-in.md: Jakarta Security's custom form with a guarded bean. */
@Tag("log-in")
@Covers(Feature.LOG_IN)
@ExtendWith(ArquillianExtension.class)
class ArquillianLogInIT {
    private static final String NAME = "log-in";

    @ArquillianResource
    private Deployer deployer;

    private final DeployedApplication app = ManagedServer.current().application(NAME);

    @Deployment(name = NAME, managed = false, testable = false)
    static WebArchive application() {
        return LogInWar.war();
    }

    @BeforeEach
    void deploy() throws Exception {
        if (ManagedServer.current() == ManagedServer.WILDFLY) {
            String domain = "/subsystem=undertow/application-security-domain=" + LogInWar.DOMAIN;
            cli(domain + ":add(security-domain=ApplicationDomain, integrated-jaspi=false)");
        }
        deployer.deploy(NAME);
    }

    /** The command of the recipe. */
    private static void cli(String command) throws IOException, InterruptedException {
        Process cli = new ProcessBuilder(
                        Path.of(ManagedServer.WILDFLY.property("home"), "bin", "jboss-cli.sh")
                                .toString(),
                        "--connect",
                        "--timeout=60000",
                        "--controller=127.0.0.1:" + ManagedServer.WILDFLY.property("admin.port"),
                        "--command=" + command)
                .redirectErrorStream(true)
                .start();
        String output = new String(cli.getInputStream().readAllBytes());
        assertThat(cli.waitFor()).as(output).isZero();
    }

    @AfterEach
    void undeploy() {
        deployer.undeploy(NAME);
    }

    private TestResponse logIn(String password, String token) {
        return app.post("/login")
                .form("name", "ann", "password", password, "playtcha-response", token)
                .send();
    }

    @Test
    void thePasswordIsLookedAtForPeopleOnly() {
        TestResponse protectedPage = app.get("/account").send();
        assertThat(protectedPage.status()).isEqualTo(302);
        assertThat(protectedPage.header("Location")).endsWith("/log-in/login.html");

        assertThat(logIn("secret", "").header("Location")).endsWith("/login.html?denied");
        assertThat(logIn("secret", StandIns.token("expired")).header("Location"))
                .endsWith("/login.html?denied");
        assertThat(logIn("wrong", StandIns.token("ok")).header("Location")).endsWith("/login.html?refused");

        TestResponse loggedIn = logIn("secret", StandIns.token("ok"));
        assertThat(loggedIn.header("Location")).endsWith("/account");
        String session = loggedIn.header("Set-Cookie").replaceAll(";.*", "");
        assertThat(app.get("/account").header("Cookie", session).send().text()).isEqualTo("account of ann");
    }
}
