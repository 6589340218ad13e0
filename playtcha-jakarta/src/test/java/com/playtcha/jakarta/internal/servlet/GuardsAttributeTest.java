package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.NamedListener;
import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.Services;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A servlet gets the guards from its context (contract, section 8). */
class GuardsAttributeTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @TempDir
    Path folder;

    @BeforeEach
    void clear() {
        NamedListener.SEEN.clear();
    }

    @AfterEach
    void close() {
        playtcha.close();
    }

    private static PlaytchaGuards guards(jakarta.servlet.ServletContext context) {
        return (PlaytchaGuards) context.getAttribute("playtcha.guards");
    }

    /** As README shows it. */
    private static void verify(HttpServletRequest request, HttpServletResponse response) throws IOException {
        PlaytchaGuards guards = guards(request.getServletContext());
        String guard = request.getHeader("X-Guard");
        Verification verification = (guard == null ? guards.verifier() : guards.verifier(guard))
                .verify(request.getParameter("playtcha-response"));
        response.getWriter().print(verification.getOutcome() + " " + verification.isAllowed());
    }

    @Test
    void servletVerifiesWithoutAFilter() {
        try (TestApp app = new TestApp()
                .initialized()
                .contextParams(TestApp.params(playtcha, "guards", "payout", "guards.payout.max-token-length", "5"))
                .servlet("/signup", GuardsAttributeTest::verify)
                .start()) {
            assertThat(app.signUp("ok-1").body()).isEqualTo("VERIFIED true");
            assertThat(app.signUp("invalid-1").body()).isEqualTo("REJECTED false");
            assertThat(app.signUp("ok-long", "X-Guard", "payout").body()).isEqualTo("NO_TOKEN false");
            assertThat(guards(app.context().getServletContext()).names()).containsExactly("default", "payout");
            assertThat(guards(app.context().getServletContext()).explain())
                    .containsPattern(" max-token-length +5 +context-param playtcha.guards.payout.max-token-length\n");
        }
    }

    @Test
    void attributeIsThereWhenListenersRunAndGoneAfterTheEnd() {
        VerificationListener audit = (guard, verification) -> seen.add("heard " + verification.getOutcome());
        TestApp app = TestApp.guarded(playtcha);
        app.context().addEventListener(new ServletContextListener() {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                PlaytchaGuards guards = guards(event.getServletContext());
                guards.addListener(audit);
                seen.add("names " + guards.names());
                seen.add("verified " + guards.verifier().verify("ok-0").isAllowed());
            }

            @Override
            public void contextDestroyed(ServletContextEvent event) {
                seen.add("end " + guards(event.getServletContext()));
            }
        });
        app.contextParams(TestApp.params(playtcha));
        try (app) {
            app.start();
            assertThat(app.signUp("ok-1").statusCode()).isEqualTo(200);
            PlaytchaGuards guards = guards(app.context().getServletContext());
            assertThat(guards).as("undeploying alone ends them").isNotInstanceOf(AutoCloseable.class);
            assertThat(app.signUp("invalid-1").statusCode()).isEqualTo(403);
            guards.removeListener(audit);
            assertThat(app.signUp("ok-2").statusCode()).isEqualTo(200);
        }
        assertThat(seen)
                .containsExactly(
                        "names [default]",
                        "heard VERIFIED",
                        "verified true",
                        "heard VERIFIED",
                        "heard REJECTED",
                        "end null");
    }

    @Test
    void guardOfAnApplicationWithoutSettingsNamesEveryProblem() {
        try (TestApp app = new TestApp().initialized().start()) {
            PlaytchaGuards guards = guards(app.context().getServletContext());
            assertThat(guards.names()).isEmpty();
            assertThatThrownBy(guards::verifier)
                    .isInstanceOf(PlaytchaConfigurationException.class)
                    .hasMessageContaining("base-url")
                    .hasMessageContaining("secret");
        }
    }

    @Test
    void attributeIsThereWithoutTheInitializer() {
        try (TestApp app = new TestApp()
                .contextParams(TestApp.params(playtcha))
                .filter("playtcha", java.util.Map.of(), EnumSet.of(DispatcherType.REQUEST), "/guarded")
                .servlet("/signup", GuardsAttributeTest::verify)
                .start()) {
            assertThat(app.signUp("ok-1").body()).isEqualTo("VERIFIED true");
        }
    }

    @Test
    void listenerNamedAsAServiceHearsFiltersAndServlets() {
        ClassLoader loader = Services.naming(
                folder, VerificationListener.class, NamedListener.class.getName(), "com.example.Absent");
        try (TestApp app = TestApp.guarded(playtcha)
                .contextParams(TestApp.params(playtcha))
                .servlet("/verify", GuardsAttributeTest::verify)
                .classLoader(loader)
                .start()) {
            assertThat(app.signUp("ok-1").statusCode()).isEqualTo(200);
            app.post("/verify", TestApp.FORM, "playtcha-response=invalid-2");
        }
        assertThat(NamedListener.SEEN).containsExactly("default VERIFIED", "default REJECTED");
    }
}
