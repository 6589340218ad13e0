package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.AllocatedBytes;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Contract, section 5: every dispatch of a denied request is a GET without a body, and no error page opens a guarded
 * servlet. In Tomcat, whose error dispatches keep the method of the request up to Servlet 6.0.
 */
class DeniedDispatchTest {
    private static final EnumSet<DispatcherType> REQUEST = EnumSet.of(DispatcherType.REQUEST);
    private static final EnumSet<DispatcherType> REQUEST_AND_FORWARD =
            EnumSet.of(DispatcherType.REQUEST, DispatcherType.FORWARD);

    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final TomcatApp app = new TomcatApp()
            .initialized()
            .servlet("/signup", TestApp::showAttributes)
            .servlet("/open", (request, response) -> response.sendError(409))
            .servlet(
                    "/error",
                    (request, response) -> response.getWriter()
                            .print(request.getMethod() + " was " + request.getAttribute("playtcha.method") + " for "
                                    + request.getParameter("name") + " at "
                                    + request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) + " body "
                                    + request.getInputStream().read()))
            .servlet("/view", (request, response) -> response.getWriter().print("view"))
            .servlet(
                    "/to-view",
                    (request, response) -> request.getRequestDispatcher("/view").forward(request, response))
            .servlet(
                    "/to-signup",
                    (request, response) ->
                            request.getRequestDispatcher("/signup").forward(request, response))
            .servlet("/broken", (request, response) -> {
                throw new IllegalStateException("page");
            })
            .servlet("/refusing", (request, response) -> response.sendError(418));

    @AfterEach
    void stop() {
        app.close();
        playtcha.close();
    }

    private void start(EnumSet<DispatcherType> on, String pattern, String... settings) {
        app.filter("playtcha", TestApp.params(playtcha, settings), on, pattern).start();
    }

    private HttpResponse<String> post(String path, String token) {
        return app.post(path, TestApp.FORM, "playtcha-response=" + token + "&name=Mallory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/signup", "/*"})
    void theErrorPageOfABrokenFailurePageSeesAGet(String pattern) {
        app.errorPage(Throwable.class, "/error");
        start(REQUEST, pattern, "failure-path", "/broken");
        assertThat(post("/signup", "invalid-1").body()).isEqualTo("GET was POST for Mallory at /app/signup body -1");
        assertThat(app.seen).containsExactly("GET /broken", "GET /error");
    }

    @Test
    void theErrorPageOfAFailurePageThatSendsAnErrorSeesAGet() {
        app.errorPage(418, "/error");
        start(REQUEST, "/signup", "failure-path", "/refusing");
        assertThat(post("/signup", "invalid-1").body()).startsWith("GET was POST for Mallory");
        assertThat(app.seen).containsExactly("GET /refusing", "GET /error");
    }

    @Test
    void theErrorPageOfAMissingFailurePageSeesAGet() {
        app.errorPage(404, "/error");
        start(REQUEST, "/signup", "failure-path", "/missing");
        assertThat(post("/signup", "invalid-1").body()).startsWith("GET was POST for Mallory");
        assertThat(app.seen).containsExactly("GET /error");
    }

    @Test
    void whatAPageTakesToReadAParameterDoesNotGrowWithTheOthers() {
        app.servlet("/denied", (request, response) -> {
            List<String> names = Collections.list(request.getParameterNames());
            try {
                long allocated = AllocatedBytes.by(() -> names.stream()
                        .filter(name -> request.getParameter(name).equals("x"))
                        .count());
                response.getWriter().print(names.size() + " " + (allocated < 1 << 20));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        start(REQUEST, "/signup", "failure-path", "/denied");
        String form = IntStream.range(0, 900).mapToObj(i -> "p" + i + "=x").collect(Collectors.joining("&"));

        assertThat(app.post("/signup", TestApp.FORM, form).body()).isEqualTo("900 true");
    }

    /** As a framework may do that keeps the request which the container has made. */
    @Test
    void aFailurePageThatDispatchesTheContainersOwnRequestRunsNoPost() {
        app.servlet("/waiting", (request, response) -> {
            ServletRequest own = request;
            while (own instanceof ServletRequestWrapper wrapper) {
                own = wrapper.getRequest();
            }
            own.startAsync().dispatch("/signup");
        });
        start(EnumSet.allOf(DispatcherType.class), "/*", "failure-path", "/waiting");
        post("/signup", "invalid-1");
        assertThat(app.seen).containsExactly("GET /waiting", "GET /signup");
    }

    @Test
    void theErrorPageOfADenialSeesAGetAndSoDoesWhatItForwardsTo() {
        app.errorPage(403, "/to-signup");
        start(REQUEST_AND_FORWARD, "/*");
        assertThat(post("/signup", "invalid-1").statusCode()).isEqualTo(403);
        assertThat(app.seen).containsExactly("GET /to-signup", "GET /signup");
    }

    @Test
    void whereGetIsGuardedTooAnErrorPageOpensNoGuardedServlet() {
        app.errorPage(403, "/to-signup");
        start(REQUEST_AND_FORWARD, "/signup", "safe-methods", "HEAD");
        assertThat(post("/signup", "invalid-1").statusCode()).isEqualTo(403);
        assertThat(app.seen).doesNotContain("POST /signup");
    }

    @ParameterizedTest
    @ValueSource(strings = {"playtcha-response=", "playtcha-response=invalid-1"})
    void anErrorPageThatForwardsToAGuardedServletNeedsAToken(String form) {
        app.errorPage(409, "/to-signup");
        start(REQUEST_AND_FORWARD, "/signup");
        app.post("/open", TestApp.FORM, form);
        // Tomcat runs no filter of FORWARD within an error dispatch; a GET needs no token.
        assertThat(app.seen).containsExactly("POST /open", "POST /to-signup", "GET /signup");
    }

    /** Such as a log-in that is the error page of 403: an open page that fails would run it with whatever was posted. */
    @ParameterizedTest
    @ValueSource(strings = {"/signup", "*.form", "/forms/*"})
    void aGuardedServletThatIsAnErrorPageRunsNoPost(String pattern) {
        String page = pattern.replaceFirst("^\\*", "/x").replace("*", "x");
        if (!page.equals("/signup")) {
            app.servlet(page, TestApp::showAttributes);
        }
        app.errorPage(409, page);
        start(REQUEST, pattern);
        app.post("/open", TestApp.FORM, "name=Mallory");
        assertThat(app.seen).containsExactly("POST /open", "GET " + page);
    }

    @Test
    void theErrorPageOfAnAllowedRequestForwardsItAsItIs() {
        app.errorPage(409, "/to-signup");
        start(REQUEST_AND_FORWARD, "/*");
        HttpResponse<String> answer = post("/open", "ok-1");
        assertThat(answer.body()).startsWith("outcome=VERIFIED allowed=true");
        assertThat(app.seen).containsExactly("POST /open", "POST /to-signup", "POST /signup");
    }

    @Test
    void theViewOfAnErrorPageShowsForADenialAndForAnAllowedRequest() {
        app.errorPage(403, "/to-view").errorPage(409, "/to-view");
        start(REQUEST_AND_FORWARD, "/*");
        assertThat(post("/signup", "invalid-1").body()).isEqualTo("view");
        assertThat(post("/open", "ok-1").body()).isEqualTo("view");
        assertThat(playtcha.requestCount()).isEqualTo(2);
    }

    /** As Open Liberty, which logs what an initializer throws. */
    @Test
    void theErrorPageOfARefusedApplicationSeesAGetWhereTheServerGoesOn() {
        List<Exception> thrown = new ArrayList<>();
        try (TomcatApp refused = new TomcatApp()) {
            refused.context()
                    .addServletContainerInitializer(
                            (classes, context) -> {
                                try {
                                    new PlaytchaInitializer().onStartup(classes, context);
                                } catch (ServletException logged) {
                                    thrown.add(logged);
                                }
                            },
                            Set.of());
            refused.servlet("/signup", TestApp::showAttributes)
                    .errorPage(500, "/signup")
                    .filter("playtcha", Map.of("secret", "x"), REQUEST, "/signup")
                    .start();
            assertThat(thrown).hasSize(1);
            assertThat(refused.post("/signup", TestApp.FORM, "").statusCode()).isEqualTo(500);
            assertThat(refused.seen).containsExactly("GET /signup");
            // It ends with its class loader, which other tests of this process share.
            Objects.requireNonNull(ContextLifecycle.find(refused.context().getServletContext()))
                    .application()
                    .end();
        }
    }
}
