package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.servlet.PlaytchaFilter;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A filter that the application registers in code, after the library's initializer has run (contract, section 5). */
class LaterFilterTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final TomcatApp app = new TomcatApp()
            .initialized()
            .servlet("/signup", TestApp::showAttributes)
            .servlet("/again", TestApp::showAttributes);

    @AfterEach
    void stop() {
        app.close();
        playtcha.close();
    }

    private void start(String pattern, String... settings) {
        Map<String, String> params = TestApp.params(playtcha, settings);
        app.context()
                .addServletContainerInitializer(
                        (classes, context) -> {
                            FilterRegistration.Dynamic filter = context.addFilter("guard", PlaytchaFilter.class);
                            filter.setInitParameters(params);
                            filter.setAsyncSupported(true);
                            filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, pattern);
                        },
                        Set.of());
        app.start();
    }

    @Test
    void theErrorPageOfADenialSeesAGet() {
        app.errorPage(403, "/again");
        start("/signup");
        assertThat(app.post("/signup", TestApp.FORM, "playtcha-response=invalid-1")
                        .statusCode())
                .isEqualTo(403);
        assertThat(app.seen).containsExactly("GET /again");
    }

    /** Spring MVC and Jakarta REST match it as it was sent. */
    @Test
    void aPathThatNamesThePatternOnlyAsItWasSentIsGuarded() {
        start("/contact/*");
        assertThat(app.post("/contact/../open", TestApp.FORM, "").statusCode()).isEqualTo(400);
        assertThat(app.seen).isEmpty();
    }

    /** Such as a log-in that is the error page of 404: any missing page would run it with whatever was posted. */
    @Test
    void aGuardedServletThatIsAnErrorPageRunsNoPost() {
        app.servlet("/open", (request, response) -> response.sendError(409)).errorPage(409, "/signup");
        start("/signup");
        app.post("/open", TestApp.FORM, "name=Mallory");
        assertThat(app.seen).containsExactly("POST /open", "GET /signup");
    }

    @Test
    void aJarThatOnlyCodeUsesIsNotSaidToGuardNothing() {
        try (CapturedLog log = new CapturedLog(ContextLifecycle.class.getName(), Level.WARN)) {
            start("/signup");
            assertThat(app.post("/signup", TestApp.FORM, "").statusCode()).isEqualTo(400);
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void aFormLogInOfTheServerIsRefused() {
        start("/j_security_check");
        assertThat(app.isDeployed()).isFalse();
    }

    @Test
    void theErrorPageOfAnApplicationWithoutFilterIsAsEver() {
        app.servlet("/broken", (request, response) -> response.sendError(409))
                .servlet(
                        "/to-again",
                        (request, response) ->
                                request.getRequestDispatcher("/again").forward(request, response))
                .errorPage(409, "/to-again")
                .start();
        app.post("/broken", TestApp.FORM, "");
        assertThat(app.seen).containsExactly("POST /broken", "POST /to-again", "POST /again");
    }
}
