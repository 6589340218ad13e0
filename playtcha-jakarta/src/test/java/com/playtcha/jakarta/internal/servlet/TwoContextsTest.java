package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.util.Map;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.glassfish.jersey.server.ServerProperties;
import org.glassfish.jersey.servlet.ServletContainer;
import org.junit.jupiter.api.Test;

/** Contexts of embedded servers, which have one class loader, and each its own settings. */
class TwoContextsTest {

    /** A resource of the first. */
    @Path("/signup")
    @PlaytchaProtected
    public static class Resource {
        /** Returns a body. */
        @POST
        public String signUp() {
            return "signed up";
        }

        /** Is denied by code of the application. */
        @GET
        public String page(@Context ServletContext context) {
            PlaytchaGuards guards = (PlaytchaGuards) context.getAttribute(PlaytchaGuards.ATTRIBUTE);
            throw new PlaytchaDeniedException("default", guards.verifier().verify(null));
        }
    }

    @Test
    void aResourceHasTheGuardOfItsOwnContextWhicheverStartedLast() throws Exception {
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start();
                TestApp app = new TestApp().initialized().contextParams(params(playtcha, "enabled", "true"));
                TestApp other = new TestApp().initialized().contextParams(params(playtcha, "enabled", "false"))) {
            // Jersey starts with its first request.
            ServletHolder rest = new ServletHolder(ServletContainer.class);
            rest.setInitParameter(ServerProperties.PROVIDER_CLASSNAMES, Resource.class.getName());
            app.context().addServlet(rest, "/rest/*");
            app.start();
            other.start();

            assertThat(app.post("/rest/signup", TestApp.FORM, "").statusCode()).isEqualTo(400);
            assertThat(app.post("/rest/signup", TestApp.FORM, "", "X-Playtcha-Token", "ok-1")
                            .body())
                    .isEqualTo("signed up");
            assertThat(playtcha.requestCount()).isEqualTo(1);

            other.context().stop();
            assertThat(app.post("/rest/signup", TestApp.FORM, "").statusCode()).isEqualTo(400);
            assertThat(app.send(app.request("/rest/signup")).statusCode()).isEqualTo(400);
        }
    }

    private static Map<String, String> params(PlaytchaStandIn playtcha, String key, String value) {
        return TestApp.params(playtcha, key, value);
    }
}
