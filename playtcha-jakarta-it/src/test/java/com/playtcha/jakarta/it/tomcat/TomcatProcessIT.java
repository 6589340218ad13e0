package com.playtcha.jakarta.it.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.arquillian.ManagedServer;
import com.playtcha.jakarta.it.server.SmallWar;
import java.net.URL;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** That the other tests here speak of the Tomcat they mean. */
@Tag("tomcat")
@ExtendWith(ArquillianExtension.class)
class TomcatProcessIT {
    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive application() {
        return SmallWar.GUARDS_NOTHING.war();
    }

    @Test
    void runsInAProcessOfItsOwnOnThisJdkAndTheLoopbackAddress() throws Exception {
        assertThat(url.getHost()).isEqualTo("127.0.0.1");
        assertThat(TomcatManager.systemProperty("java.home")).isEqualTo(System.getProperty("java.home"));
        assertThat(TomcatManager.processId())
                .isNotEqualTo(ProcessHandle.current().pid());
        assertThat(ManagedServer.current().log().all()).contains("http-nio-127.0.0.1-" + url.getPort());
    }
}
