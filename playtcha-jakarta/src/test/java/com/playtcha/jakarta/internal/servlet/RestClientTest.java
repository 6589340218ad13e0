package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.DispatcherType;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** A program that calls others by Jakarta REST: Jersey configures features that are services for its clients too. */
class RestClientTest {
    @Test
    void aClientThatIsThereBeforeTheContextsOfAServerChangesNothingForThem() {
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start();
                TomcatApp first = guarded(playtcha);
                TomcatApp second = guarded(playtcha)) {
            try (Client client = ClientBuilder.newClient()) {
                client.target(playtcha.baseUrl()).request().get().close();
            }
            for (TomcatApp app : new TomcatApp[] {first, second}) {
                app.start();
                assertThat(app.isDeployed()).isTrue();
                assertThat(app.post("/signup", TestApp.FORM, "").statusCode()).isEqualTo(400);
            }
        }
    }

    private static TomcatApp guarded(PlaytchaStandIn playtcha) {
        return new TomcatApp()
                .initialized()
                .servlet("/signup", TestApp::showAttributes)
                .filter("playtcha", TestApp.params(playtcha), EnumSet.of(DispatcherType.REQUEST), "/signup");
    }
}
