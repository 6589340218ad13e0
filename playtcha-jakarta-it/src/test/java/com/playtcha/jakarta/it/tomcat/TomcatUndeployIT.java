package com.playtcha.jakarta.it.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.arquillian.ManagedServer;
import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.GuardedApplication;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.Traffic;
import java.time.Duration;
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

    @ArquillianResource
    private Deployer deployer;

    @Deployment(name = NAME, managed = false, testable = false)
    static WebArchive application() {
        return GuardedApplication.war(NAME + ".war");
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
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(TomcatManager.findLeaks()).startsWith("OK").doesNotContain("/" + NAME));
    }
}
