package com.playtcha.jakarta.internal.rs;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.ChallengePolicy;
import com.playtcha.jakarta.ChallengeRequest;
import com.playtcha.jakarta.Services;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.SecurityContext;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.Principal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who has to show a token, before a resource's method, without servlets (contract, section 11). */
class RestRequiredTokenTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    @AfterEach
    void stop() {
        playtcha.close();
    }

    /** Authenticates the user that a header names, and gives him a role of that name. */
    @PreMatching
    @Priority(Priorities.AUTHENTICATION)
    public static class LogIn implements ContainerRequestFilter, ContainerResponseFilter {
        @Override
        public void filter(ContainerRequestContext request) {
            String user = request.getHeaderString("X-User");
            if (user != null) {
                request.setSecurityContext(new SecurityContext() {
                    @Override
                    public Principal getUserPrincipal() {
                        return () -> user;
                    }

                    @Override
                    public boolean isUserInRole(String role) {
                        return role.equals(user);
                    }

                    @Override
                    public boolean isSecure() {
                        return false;
                    }

                    @Override
                    public String getAuthenticationScheme() {
                        return "TEST";
                    }
                });
            }
        }

        @Override
        public void filter(ContainerRequestContext request, ContainerResponseContext response) {
            response.getHeaders().add("X-Required", String.valueOf(request.getProperty("playtcha.required")));
        }
    }

    /** A policy that a service file names. */
    public static final class PathPolicy implements ChallengePolicy {
        @Override
        public boolean isTokenRequired(ChallengeRequest request) {
            return !request.getPath().equals("/signup/param")
                    || request.unwrap(ContainerRequestContext.class).isEmpty();
        }
    }

    private RestApp app(String... settings) {
        return RestApp.start(RestApp.asking(playtcha, settings), SignUpResource.class, LogIn.class);
    }

    @Test
    void exemptUsersNeedNoToken() {
        try (RestApp app = app("exempt-roles", "staff")) {
            assertThat(app.post("/signup", "body", "X-User", "staff", "X-Playtcha-Token", "ok-1")
                            .body())
                    .isEqualTo("EXEMPT,true,exempt-roles:body");
            assertThat(playtcha.requestCount()).isZero();
            HttpResponse<String> other = app.post("/signup", "body", "X-User", "ann", "X-Playtcha-Token", "ok-1");
            assertThat(other.body()).isEqualTo("VERIFIED,true,success:body");
            assertThat(other.headers().firstValue("X-Required")).hasValue("true");
            assertThat(app.post("/signup", "body", "X-User", "ann").statusCode())
                    .isEqualTo(400);
            assertThat(app.send("PUT", "/signup", HttpRequest.BodyPublishers.noBody(), "X-User", "staff")
                            .headers()
                            .firstValue("X-Required"))
                    .hasValue("false");
        }
    }

    @Test
    void withoutAServletTheAddressIsNotKnown() {
        try (RestApp app = app("exempt-addresses", "0.0.0.0/0, ::/0", "after-failures", "5")) {
            assertThat(app.post("/signup", "body").statusCode()).isEqualTo(400);
            assertThat(app.post("/signup", "body", "X-User", "ann").body())
                    .as("failures of a name are counted")
                    .isEqualTo("EXEMPT,true,after-failures:body");
        }
    }

    @Test
    void aPolicySeesTheRestRequest(@TempDir Path folder) {
        ClassLoader loader = Services.naming(folder, ChallengePolicy.class, PathPolicy.class.getName());
        try (RestApp app = Services.with(loader, () -> app())) {
            assertThat(app.post("/signup/param", "name=Ann", "Content-Type", RestApp.FORM)
                            .body())
                    .isEqualTo("EXEMPT,true,challenge-policy:Ann");
            assertThat(app.post("/signup", "body").statusCode()).isEqualTo(400);
        }
    }
}
