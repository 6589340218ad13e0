package com.playtcha.jakarta.it.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.arquillian.ManagedServer;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.SmallWar;
import com.playtcha.jakarta.it.server.StandIns;
import java.net.URL;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Section 5: a JSP reads the attributes as the contract writes them. */
@Tag("tomcat")
@ExtendWith(ArquillianExtension.class)
class TomcatExpressionLanguageIT {
    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive application() {
        return SmallWar.SELF_REGISTERED.war();
    }

    @Test
    void pageReadsTheAttributes() {
        StandIns.reset();
        DeployedApplication app = ManagedServer.current().application(url);

        assertThat(app.post("/el.jsp")
                        .token(StandIns.token("ok-degraded"))
                        .send()
                        .text()
                        .strip())
                .isEqualTo("VERIFIED true  true");
        assertThat(app.post("/el.jsp")
                        .token(StandIns.token("db-error"))
                        .send()
                        .text()
                        .strip())
                .isEqualTo("UNAVAILABLE false db_error true");
    }
}
