package com.playtcha.jakarta.it.wildfly;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.arquillian.ManagedServer;
import com.playtcha.jakarta.it.contract.LateContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.LateApplication;
import com.playtcha.jakarta.it.server.LateWar;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Late results in WildFly's default data source, on its managed threads, taken by a bean. */
@Tag("wildfly")
@ExtendWith(ArquillianExtension.class)
class WildFlyLateIT implements LateContract {
    private static final String CREDENTIALS =
            "Basic " + Base64.getEncoder().encodeToString("it:it".getBytes(StandardCharsets.US_ASCII));

    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive application() {
        return LateWar.PLATFORM.war();
    }

    @Override
    public DeployedApplication app() {
        return ManagedServer.current().application(url);
    }

    @Test
    void beanIsCalledOnAManagedThreadOfTheApplicationAndAsNobody() {
        assertThat(app().get("/late/figures")
                        .header("Authorization", CREDENTIALS)
                        .send()
                        .report())
                .as("callers can be told from each other")
                .containsEntry("user", "it");
        LateApplication late = new LateApplication(app());
        String id = LateApplication.id("called");

        assertThat(late.callback("POST", "")
                        .header("Authorization", CREDENTIALS)
                        .form("id", id, "code", "code", "key", LateWar.KEY)
                        .send()
                        .status())
                .isEqualTo(200);

        assertThat(late.awaitEffect(id).get("circumstances." + id))
                .startsWith("bean thread=EE-ManagedExecutorService-default")
                .contains("loader=own", "naming=works", "call=1", "caller=anonymous");
    }
}
