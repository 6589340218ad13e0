package com.playtcha.jakarta.it.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.app.EchoServlet;
import com.playtcha.jakarta.it.arquillian.ManagedServer;
import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.GuardedApplication;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestResponse;
import com.playtcha.jakarta.it.server.Traffic;
import com.playtcha.jakarta.it.server.Wars;
import com.playtcha.jakarta.it.server.WebXml;
import com.playtcha.jakarta.it.slow.SlowFilter;
import com.playtcha.jakarta.it.slow.WaitingServlet;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Section 3: undeploying leaves nothing behind that Tomcat's own leak detection, or its JVM, could find. */
@Tag("tomcat")
@ExtendWith(ArquillianExtension.class)
@Covers(Feature.UNDEPLOY)
class TomcatUndeployIT {
    private static final String NAME = "undeployed";
    private static final String SLOW = "slow";

    @ArquillianResource
    private Deployer deployer;

    @Deployment(name = NAME, managed = false, testable = false)
    static WebArchive application() {
        return GuardedApplication.war(NAME + ".war");
    }

    /** Tomcat waits for its requests for a second only, and one is waiting before the guard. */
    @Deployment(name = SLOW, managed = false, testable = false)
    static WebArchive slow() {
        WebXml xml = new WebXml()
                .contextParam("playtcha.secret", StandIns.LATE.secret())
                .contextParam("playtcha.base-url", StandIns.LATE.baseUrl())
                .contextParam("playtcha.late-verdicts", true)
                .contextParam("playtcha.late-dir", Wars.workDirectory(SLOW))
                .listener(SlowFilter.class.getName())
                .filter("slow", SlowFilter.class, "/*")
                .guard("signup")
                .map("signup", "/*")
                .servlet("echo", EchoServlet.class, "/echo")
                .servlet("waiting", WaitingServlet.class, "/waiting");
        return Wars.withTomcatWaiting(
                Wars.withH2(Wars.war(SLOW + ".war", xml)).addPackage(SlowFilter.class.getPackage()), 1);
    }

    @Test
    void requestThatComesToTheGuardAfterTheEndStartsNothing() throws Exception {
        StandIns.reset();
        deployer.deploy(SLOW);
        DeployedApplication app = ManagedServer.current().application(SLOW);
        CompletableFuture<TestResponse> answer =
                app.post("/echo?slow").token(StandIns.token("ok")).sendAsync();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> "1".equals(app.get("/waiting").send().text()));

        deployer.undeploy(SLOW);

        assertThat(answer.handle((sent, broken) -> sent == null ? 0 : sent.status())
                        .get(60, TimeUnit.SECONDS))
                .isNotEqualTo(200);
        assertThat(StandIns.LATE.requestCount()).isZero();
        assertThat(TomcatManager.threads("playtcha-")).isEmpty();
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(TomcatManager.findLeaks()).startsWith("OK").doesNotContain("/" + SLOW));
    }

    @Test
    void undeployingEndsEveryThreadAndFreesTheClassLoader() throws Exception {
        StandIns.reset();
        deployer.deploy(NAME);
        Traffic.ofEverySort(ManagedServer.current().application(NAME));
        assertThat(TomcatManager.threads("playtcha-"))
                .as("there is something to end")
                .isNotEmpty();
        long mark = ManagedServer.current().log().mark();

        deployer.undeploy(NAME);

        assertThat(TomcatManager.threads("playtcha-")).isEmpty();
        assertThat(ManagedServer.current().log().since(mark))
                .contains("Undeploying")
                .doesNotContainIgnoringCase("memory leak")
                .doesNotContain("appears to have started a thread")
                .doesNotContain("created a ThreadLocal")
                .doesNotContain("failed to stop");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(TomcatManager.findLeaks()).startsWith("OK").doesNotContain("/" + NAME));
    }
}
