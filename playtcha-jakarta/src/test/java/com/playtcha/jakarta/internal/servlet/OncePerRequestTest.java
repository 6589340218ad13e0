package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.request.RequestVerifications;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 5, "once per request": one redemption however often a request meets a guard. */
class OncePerRequestTest {
    private static final EnumSet<DispatcherType> REQUEST = EnumSet.of(DispatcherType.REQUEST);
    private static final EnumSet<DispatcherType> ALL = EnumSet.allOf(DispatcherType.class);

    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final PlaytchaStandIn other =
            PlaytchaStandIn.builder().secret("other-secret").start();
    private final TestApp app = new TestApp()
            .initialized()
            .servlet("/signup", TestApp::showAttributes)
            .servlet(
                    "/forward",
                    (request, response) ->
                            request.getRequestDispatcher("/signup").forward(request, response))
            .servlet(
                    "/losing",
                    (request, response) ->
                            request.getRequestDispatcher("/signup").forward(withoutParameters(request), response))
            .servlet("/include", (request, response) -> {
                response.setContentType("text/plain;charset=UTF-8");
                response.getWriter().print("before ");
                request.getRequestDispatcher("/included").include(request, response);
                response.getWriter().print(" after");
            })
            .servlet("/included", (request, response) -> response.getWriter().print("included"))
            .servlet("/async", (request, response) -> request.startAsync().dispatch("/signup"))
            .servlet("/failing", (request, response) -> response.sendError(409));

    /** As Open Liberty hands a form on to an asynchronous dispatch. */
    private static HttpServletRequest withoutParameters(HttpServletRequest request) {
        return new HttpServletRequestWrapper(request) {
            @Override
            public String[] getParameterValues(String name) {
                return null;
            }
        };
    }

    @AfterEach
    void stop() {
        app.close();
        playtcha.close();
        other.close();
    }

    private HttpResponse<String> post(String path, String token) {
        return app.post(path, TestApp.FORM, "playtcha-response=" + token);
    }

    @Test
    void twoMappingsOfOneFilterRedeemOnce() {
        app.filter("playtcha", TestApp.params(playtcha), REQUEST, "/signup", "/*")
                .start();
        assertThat(post("/signup", "ok-1").body()).startsWith("outcome=VERIFIED allowed=true");
        assertThat(playtcha.requestCount()).isEqualTo(1);
    }

    @Test
    void twoRegistrationsOfOneProjectRedeemOnceAndEachAppliesItsPolicy() {
        app.filter("open", TestApp.params(playtcha), REQUEST, "/signup")
                .filter("closed", TestApp.params(playtcha, "fail-closed", "true"), REQUEST, "/signup")
                .start();
        assertThat(post("/signup", "ok-1").body()).startsWith("outcome=VERIFIED allowed=true");
        HttpResponse<String> denied = post("/signup", "db-error-1");
        assertThat(denied.statusCode()).isEqualTo(503);
        assertThat(playtcha.requestCount()).isEqualTo(2);
    }

    @Test
    void anUnverifiedPassCountsOnceAcrossTheGuardsOfOneRequest() {
        app.filter("first", TestApp.params(playtcha), REQUEST, "/signup")
                .filter("second", TestApp.params(playtcha, "max-token-length", "100"), REQUEST, "/signup")
                .start();
        assertThat(post("/signup", "db-error-1").body()).startsWith("outcome=UNAVAILABLE allowed=true");
        assertThat(post("/signup", "db-error-1").statusCode()).isEqualTo(503);
    }

    @Test
    void allowedIsTrueOnlyIfEveryGuardAllowed() {
        app.filter("watching", TestApp.params(playtcha, "mode", "monitor", "fail-closed", "true"), REQUEST, "/signup")
                .filter("open", TestApp.params(playtcha), REQUEST, "/signup")
                .start();
        assertThat(post("/signup", "db-error-1").body()).startsWith("outcome=UNAVAILABLE allowed=false");
    }

    @Test
    void aGuardOfAnotherProjectVerifiesForItself() {
        other.always(Reply.error(410, "token_expired", "too late"));
        app.filter("one", TestApp.params(playtcha), REQUEST, "/signup")
                .filter("two", TestApp.params(other), REQUEST, "/signup")
                .start();
        assertThat(post("/signup", "ok-1").statusCode()).isEqualTo(403);
        assertThat(playtcha.requestCount()).isEqualTo(1);
        assertThat(other.requestCount()).isEqualTo(1);
    }

    @Test
    void anotherTokenOfTheSameRequestIsVerifiedToo() {
        app.filter("one", TestApp.params(playtcha), REQUEST, "/signup")
                .filter("two", TestApp.params(playtcha, "token-param", "second"), REQUEST, "/signup")
                .start();
        assertThat(app.post("/signup", TestApp.FORM, "playtcha-response=ok-1&second=ok-2")
                        .statusCode())
                .isEqualTo(200);
        assertThat(playtcha.requestCount()).isEqualTo(2);
    }

    @Test
    void aGuardThatIsSwitchedOffSaysNothingForOthers() {
        app.filter("off", Map.of("enabled", "false"), REQUEST, "/signup")
                .filter("on", TestApp.params(playtcha), REQUEST, "/signup")
                .start();
        assertThat(post("/signup", "invalid-1").statusCode()).isEqualTo(403);
        assertThat(post("/signup", "ok-1").body()).startsWith("outcome=VERIFIED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/forward", "/async", "/losing"})
    void aLaterDispatchReusesTheVerification(String path) {
        app.filter("playtcha", TestApp.params(playtcha), ALL, "/*").start();
        assertThat(post(path, "ok-1").body()).startsWith("outcome=VERIFIED allowed=true");
        assertThat(playtcha.requestCount()).isEqualTo(1);
    }

    @Test
    void aForwardFromAnUnguardedPageIsGuardedOnlyWhereForwardIsMapped() {
        app.filter("playtcha", TestApp.params(playtcha), EnumSet.of(DispatcherType.FORWARD), "/signup")
                .start();
        assertThat(post("/forward", "invalid-1").statusCode()).isEqualTo(403);
        assertThat(post("/forward", "ok-1").statusCode()).isEqualTo(200);
        assertThat(post("/signup", "invalid-2").body()).startsWith("outcome=null");
    }

    @Test
    void anAsynchronousDispatchIsGuardedWhereAsyncIsMapped() {
        app.filter("playtcha", TestApp.params(playtcha), EnumSet.of(DispatcherType.ASYNC), "/signup")
                .start();
        assertThat(post("/async", "invalid-1").statusCode()).isEqualTo(403);
        assertThat(post("/async", "ok-1").body()).startsWith("outcome=VERIFIED");
        assertThat(app.seen).containsExactly("/async", "/async", "/signup");
    }

    @Test
    void aDeniedIncludeLeavesTheContentOut() {
        app.filter("playtcha", TestApp.params(playtcha), EnumSet.of(DispatcherType.INCLUDE), "/included")
                .start();
        HttpResponse<String> denied = post("/include", "invalid-1");
        assertThat(denied.statusCode()).isEqualTo(200);
        assertThat(denied.body()).isEqualTo("before  after");
        assertThat(post("/include", "ok-1").body()).isEqualTo("before included after");
    }

    @Test
    void anErrorDispatchNeitherVerifiesNorDenies() {
        app.errorPage((request, response) ->
                        response.getWriter().print("error page " + request.getAttribute("playtcha.outcome")))
                .filter("playtcha", TestApp.params(playtcha), EnumSet.of(DispatcherType.ERROR), "/*")
                .start();
        HttpResponse<String> answer = post("/failing", "invalid-1");
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).isEqualTo("error page null");
        assertThat(playtcha.requestCount()).isZero();
    }

    @Test
    void valuesThatOthersPutUnderOurNamesAreIgnored() {
        app.otherFilter(
                        (request, response, chain) -> {
                            request.setAttribute(BufferedBody.class.getName(), "VERIFIED");
                            request.setAttribute(RequestVerifications.ATTRIBUTE, "VERIFIED");
                            request.setAttribute("playtcha.allowed", true);
                            request.setAttribute("playtcha.outcome", "VERIFIED");
                            request.setAttribute("playtcha.error-code", "forged");
                            request.setAttribute("playtcha.request-id", "forged");
                            chain.doFilter(request, response);
                        },
                        "/*")
                .filter("playtcha", TestApp.params(playtcha), REQUEST, "/signup")
                .start();
        assertThat(post("/signup", "invalid-1").statusCode()).isEqualTo(403);
        assertThat(post("/signup", "ok-1").body())
                .isEqualTo("outcome=VERIFIED allowed=true degraded=false error-code=null request-id=null");
    }

    @Test
    void theVerificationItselfIsUnderBothItsNames() {
        app.servlet("/bean", (request, response) -> response.getWriter().print(bean(request)))
                .filter("playtcha", TestApp.params(playtcha), REQUEST, "/bean")
                .start();
        assertThat(post("/bean", "ok-degraded-1").body()).isEqualTo("VERIFIED true true same");
    }

    private static String bean(HttpServletRequest request) {
        var verification = (com.playtcha.jakarta.Verification) request.getAttribute("playtcha");
        boolean same = verification == request.getAttribute("playtcha.result");
        return verification.getOutcome() + " " + verification.isAllowed() + " " + verification.isDegraded()
                + (same ? " same" : " different");
    }

    /** An error page that leaves the showing to a view, as a servlet leaves it to a JSP. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theViewOfAnErrorPageIsNotDenied(boolean errorIsMapped) {
        EnumSet<DispatcherType> dispatchers = errorIsMapped
                ? ALL
                : EnumSet.of(DispatcherType.REQUEST, DispatcherType.FORWARD, DispatcherType.INCLUDE);
        app.servlet("/view", (request, response) -> response.getWriter().print("view of the error"))
                .errorPage((request, response) ->
                        request.getRequestDispatcher("/view").forward(request, response))
                .filter("playtcha", TestApp.params(playtcha), dispatchers, "/*")
                .start();
        HttpResponse<String> answer = post("/signup", "invalid-1");
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).isEqualTo("view of the error");
        assertThat(playtcha.requestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "invalid-1"})
    void anErrorPageThatForwardsToAGuardedPageNeedsAToken(String token) {
        app.errorPage((request, response) ->
                        request.getRequestDispatcher("/signup").forward(request, response))
                .filter("playtcha", TestApp.params(playtcha), EnumSet.of(DispatcherType.FORWARD), "/signup")
                .start();
        post("/failing", token);
        assertThat(app.seen).containsExactly("/failing", "/error");
    }

    /** Request attributes can be set by anyone; they open nothing. */
    @Test
    void theContainersErrorAttributesAloneOpenNothing() {
        app.servlet("/pretending", (request, response) -> {
                    request.setAttribute("jakarta.servlet.error.status_code", 404);
                    request.getRequestDispatcher("/signup").forward(request, response);
                })
                .filter("playtcha", TestApp.params(playtcha), EnumSet.of(DispatcherType.FORWARD), "/signup")
                .start();
        assertThat(post("/pretending", "invalid-1").statusCode()).isEqualTo(403);
    }

    @Test
    void filtersThatNoInitializerSawShareWhatFiltersShare() {
        TestApp bare = new TestApp()
                .servlet("/a", TestApp::showAttributes)
                .servlet("/b", TestApp::showAttributes)
                .filter("first", TestApp.params(playtcha), REQUEST, "/a")
                .filter("second", TestApp.params(playtcha, "max-token-length", "100"), REQUEST, "/b");
        try (bare) {
            bare.start();
            assertThat(bare.post("/a", TestApp.FORM, "playtcha-response=db-error-1")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(bare.post("/b", TestApp.FORM, "playtcha-response=db-error-1")
                            .statusCode())
                    .as("let through unverified a moment ago")
                    .isEqualTo(503);
            bare.post("/a", TestApp.FORM, "playtcha-response=rate-limited-60-x");
            int calls = playtcha.requestCount();
            assertThat(bare.post("/b", TestApp.FORM, "playtcha-response=ok-1").statusCode())
                    .isEqualTo(503);
            assertThat(playtcha.requestCount()).as("the pause holds for both").isEqualTo(calls);
        }
    }

    /** The patterns of a guard are not inherited, and make no other guard of a filter that names it. */
    @Test
    void aFilterThatNamesAGuardSharesItsLimitsAndPassesAlsoWhereThatHasPatterns() {
        Map<String, String> settings = TestApp.params(
                playtcha,
                "guards",
                "signup",
                "guards.signup.url-patterns",
                "/signup",
                "breaker",
                "false",
                "fail-open-per-minute",
                "1",
                "session-pass",
                "1");
        app.contextParams(settings)
                .servlet("/session", (request, response) -> request.getSession())
                .servlet("/again", TestApp::showAttributes)
                .filter("own", Map.of("guard", "signup"), REQUEST, "/again", "/signup")
                .start();
        assertThat(post("/signup", "db-error-1").statusCode()).isEqualTo(200);
        assertThat(post("/again", "db-error-2").statusCode()).isEqualTo(503);

        String session = app.send(app.request("/session"))
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow()
                .replaceFirst(";.*", "");
        for (String form : List.of("playtcha-response=ok-1", "")) {
            assertThat(app.post("/signup", TestApp.FORM, form, "Cookie", session)
                            .statusCode())
                    .as(form)
                    .isEqualTo(200);
        }
    }
}
