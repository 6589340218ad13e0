package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jetty can stop a context and start it again, and keeps what was registered in it by code. */
class RestartedContextTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final TestApp app = new TestApp()
            .initialized()
            .servlet("/signup", TestApp::showAttributes)
            .errorPage((request, response) -> response.getWriter().print("error page " + request.getMethod()));

    @AfterEach
    void stop() {
        app.close();
        playtcha.close();
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(TestApp.params(playtcha));
        settings.put("guards", "other");
        settings.put("url-patterns", "/signup");
        settings.put("guards.other.url-patterns", "/other/*");
        return settings;
    }

    @Test
    void aFilterThatRegisteredItselfGuardsAfterEachStart() throws Exception {
        app.contextParams(settings()).start();
        int filters = app.context().getServletHandler().getFilters().length;
        for (int i = 0; i < 5; i++) {
            assertThat(app.signUp("").body()).isEqualTo("error page GET");
            assertThat(app.signUp("").statusCode()).isEqualTo(400);
            assertThat(app.post("/other/page", TestApp.FORM, "").statusCode()).isEqualTo(400);
            assertThat(app.signUp("ok-" + i).statusCode()).isEqualTo(200);
            assertThat(app.context().getServletHandler().getFilters()).hasSize(filters);

            app.context().stop();
            assertThat(ManagementFactory.getPlatformMBeanServer()
                            .queryNames(new ObjectName("com.playtcha.jakarta:application=/app,*"), null))
                    .isEmpty();
            app.context().start();
        }
        assertThat(playtcha.requestCount()).isEqualTo(5);
    }

    @Test
    void anApplicationWhoseProblemsWereCorrectedServesAgain() throws Exception {
        app.contextParams(settings()).start();
        app.context().stop();
        app.contextParams(Map.of("timeout", "never"));
        assertThatThrownBy(() -> app.context().start()).hasMessageContaining("Playtcha");
        app.context().stop();
        app.contextParams(settings());
        app.context().start();
        assertThat(app.signUp("ok-1").statusCode()).isEqualTo(200);
        assertThat(app.signUp("").statusCode()).isEqualTo(400);
    }
}
