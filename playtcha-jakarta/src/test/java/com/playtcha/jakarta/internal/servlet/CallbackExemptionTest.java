package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.late.callback.ResultCallbackServlet;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.DefaultServlet;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The filter on {@code /*} guards visitors' requests, and exempts callbacks, which have a key (contract, section 7). */
class CallbackExemptionTest {
    private static final String KEY = "a-key-of-the-callback-inbox";

    private final CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.WARN);
    private PlaytchaStandIn playtcha;

    @BeforeEach
    void start() {
        playtcha = PlaytchaStandIn.start();
    }

    @AfterEach
    void stop() {
        playtcha.close();
        log.close();
    }

    private TestApp app(EnumSet<DispatcherType> on) {
        return new TestApp()
                .initializer((classes, context) -> {
                    new PlaytchaInitializer().onStartup(classes, context);
                    register(context);
                })
                .filter("playtcha", TestApp.params(playtcha), on, "/*");
    }

    private TestApp app() {
        return app(EnumSet.of(DispatcherType.REQUEST));
    }

    /** Registers without an engine, so that a callback with the right key gets 503. */
    private static void register(ServletContext context) {
        ResultCallbackServlet.register(context, "/callback", () -> KEY, () -> null);
    }

    private static int get(TestApp app, String path) {
        return app.send(app.request(path)).statusCode();
    }

    @Test
    void callbacksReachTheirServletWithoutAToken() {
        try (TestApp app = app().start()) {
            assertThat(get(app, "/callback?id=t1&code=a&key=" + KEY)).isEqualTo(503);
            assertThat(app.post("/callback", TestApp.FORM, "id=t1&code=a&key=" + KEY)
                            .statusCode())
                    .isEqualTo(503);
            assertThat(app.post("/callback", TestApp.FORM, "id=t1&code=a&key=wrong")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(app.send(app.request("/callback").DELETE()).statusCode()).isEqualTo(405);
        }
        assertThat(playtcha.requestCount()).isZero();
        assertThat(log.everything()).doesNotContain("async-supported");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/signup",
                "/callback/",
                "/callback/x",
                "/callback/../signup",
                "/callback;x=y/../signup",
                "/signup;/callback",
                "/signup?x=/callback",
                "/Callback",
                "/callback.jsp"
            })
    void otherRequestsAreGuarded(String path) {
        try (TestApp app = app().servlet("/", TestApp::showAttributes).start()) {
            assertThat(app.post(path, TestApp.FORM, "id=t1&code=a&key=" + KEY).statusCode())
                    .isEqualTo(400);
            assertThat(app.seen).isEmpty();
        }
    }

    @Test
    void theServletNameAloneExemptsNothing() {
        TestApp app = new TestApp()
                .initialized()
                .filter("playtcha", TestApp.params(playtcha), EnumSet.of(DispatcherType.REQUEST), "/*");
        app.context()
                .addServlet(new ServletHolder(ResultCallbackServlet.SERVLET_NAME, DefaultServlet.class), "/callback");
        try (app) {
            app.start();
            assertThat(app.post("/callback", TestApp.FORM, "id=t1").statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void aPageThatForwardsToTheServletIsGuarded() {
        TestApp app = app(EnumSet.of(DispatcherType.REQUEST, DispatcherType.FORWARD))
                .servlet(
                        "/page",
                        (request, response) ->
                                request.getRequestDispatcher("/callback").forward(request, response));
        try (app) {
            app.start();
            assertThat(app.post("/page", TestApp.FORM, "id=t1").statusCode()).isEqualTo(400);
            assertThat(app.seen).isEmpty();
        }
    }
}
