package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, sections 2 and 5: what each outcome does to a request, and how a denial is answered. */
class DenialTest {
    private static final String[] ACCEPT_JSON = {"Accept", "application/json"};

    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private TestApp app;

    @AfterEach
    void stop() {
        if (app != null) {
            app.close();
        }
        playtcha.close();
    }

    private TestApp start(String... settings) {
        app = TestApp.guarded(playtcha, settings)
                .errorPage((request, response) -> response.getWriter()
                        .print("error page " + request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) + ": "
                                + TestApp.attributes(request)))
                .start();
        return app;
    }

    @Test
    void theErrorPageOfADenialSeesAGetWhetherItIsGuardedOrNot() {
        app = TestApp.guarded(playtcha)
                .errorPage((request, response) -> response.getWriter()
                        .print(request.getMethod() + " was " + request.getAttribute("playtcha.method") + " "
                                + request.getParameter("name")))
                .servlet("/own", (request, response) -> {
                    // Jetty closes a connection whose body nobody has read, and with it the error page.
                    assertThat(request.getParameter("name")).isEqualTo("Ann");
                    response.sendError(409);
                })
                .start();
        assertThat(app.post("/signup", TestApp.FORM, "playtcha-response=invalid-1&name=Mallory")
                        .body())
                .isEqualTo("GET was POST Mallory");
        assertThat(app.post("/own", TestApp.FORM, "name=Ann").body()).startsWith("POST was null");
    }

    @ParameterizedTest
    @CsvSource({"X-HTTP-Method-Override, POST", "X-HTTP-Method, delete", "X-Method-Override, Put"})
    void aSafeMethodThatAnOverrideHeaderMakesUnsafeIsGuarded(String header, String method) {
        start();
        assertThat(app.send(app.request("/signup").header(header, method)).statusCode())
                .isEqualTo(400);
        assertThat(app.send(app.request("/signup").header(header, "GET").header(header, method))
                        .statusCode())
                .isEqualTo(400);
        assertThat(app.seen).doesNotContain("/signup");
        assertThat(app.send(app.request("/signup").header(header, "HEAD")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aListenerSeesTheAttributesOfTheDecisionItIsCalledFor() {
        ThreadLocal<HttpServletRequest> current = new ThreadLocal<>();
        List<String> heard = new CopyOnWriteArrayList<>();
        app = new TestApp()
                .initialized()
                .servlet("/signup", TestApp::showAttributes)
                .otherFilter(
                        (request, response, chain) -> {
                            current.set((HttpServletRequest) request);
                            chain.doFilter(request, response);
                        },
                        "/signup")
                .filter("first", TestApp.params(playtcha), EnumSet.of(DispatcherType.REQUEST), "/signup")
                .filter(
                        "second",
                        TestApp.params(playtcha, "token-header", "X-Other"),
                        EnumSet.of(DispatcherType.REQUEST),
                        "/signup")
                .start();
        ApplicationRegistry.of(ServletSettings.classLoader(app.context().getServletContext()))
                .addListener((guard, verification) -> heard.add(verification.getOutcome() + " "
                        + current.get().getAttribute("playtcha.outcome") + " "
                        + current.get().getAttribute("playtcha.allowed")));
        app.post("/signup", TestApp.FORM, "", "X-Playtcha-Token", "ok-1", "X-Other", "invalid-1");
        assertThat(heard).containsExactly("VERIFIED VERIFIED true", "REJECTED REJECTED false");
    }

    @ParameterizedTest
    @CsvSource({"ok-1, false", "ok-degraded-1, true"})
    void aVerifiedTokenReachesTheApplication(String token, boolean degraded) {
        HttpResponse<String> answer = start().signUp(token);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("outcome=VERIFIED allowed=true degraded=" + degraded + " error-code=null request-id=null");
        assertThat(playtcha.lastRequest().orElseThrow().token()).isEqualTo(token);
    }

    @ParameterizedTest
    @CsvSource({
        "invalid-1, 403, token_invalid, REJECTED",
        "redeemed-1, 403, already_redeemed, REJECTED",
        "expired-1, 403, token_expired, REJECTED",
        "success-false-1, 403, rejected, REJECTED",
        "bad-secret-1, 500, configuration, REJECTED",
        "unknown-project-1, 500, configuration, REJECTED",
        "rate-limited-1, 503, rate_limited_ip, THROTTLED",
    })
    void aRefusalIsDeniedAsJsonAndAsAnErrorPage(String token, int status, String code, String outcome) {
        start();
        HttpResponse<String> json = app.signUp(token, ACCEPT_JSON);
        assertThat(json.statusCode()).isEqualTo(status);
        assertThat(json.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(json.body())
                .contains("\"type\":\"urn:playtcha:problem:" + code + "\"")
                .contains("\"code\":\"" + code + "\"", "\"status\":" + status, "\"title\":\"");
        boolean enveloped = !token.startsWith("success-false");
        assertThat(json.body().contains("\"request_id\":\"req_")).isEqualTo(enveloped);
        assertUncached(json);

        HttpResponse<String> page = app.signUp(token + "-again");
        assertThat(page.statusCode()).isEqualTo(status);
        assertThat(page.body()).startsWith("error page " + status + ": outcome=" + outcome + " allowed=false");
        assertUncached(page);
        assertThat(app.seen).containsOnly("/error");
    }

    private static void assertUncached(HttpResponse<String> answer) {
        assertThat(answer.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    }

    @Test
    void theErrorPageSeesTheEnvelope() {
        playtcha.script(Reply.error(410, "token_expired", "too late").requestId("req_7"));
        assertThat(start().signUp("ok-1").body()).endsWith("error-code=token_expired request-id=req_7");
    }

    @Test
    void withoutAnErrorPageTheContainersOwnIsNotCachedEither() {
        app = TestApp.guarded(playtcha).start();
        HttpResponse<String> page = app.signUp("invalid-1", "Accept", "text/html");
        assertThat(page.statusCode()).isEqualTo(403);
        assertUncached(page);
    }

    /** Jetty has error pages for GET, POST and HEAD only. */
    @ParameterizedTest
    @ValueSource(strings = {"PUT", "PATCH", "DELETE"})
    void whereTheServerShowsNoErrorPageTheTitleIsTheAnswer(String method) {
        HttpResponse<String> answer = start().send(app.request("/signup")
                .header("Accept-Language", "de")
                .header("X-Playtcha-Token", "invalid-1")
                .method(method, HttpRequest.BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(403);
        assertUncached(answer);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
        assertThat(answer.body()).isEqualTo("Die Sicherheitsprüfung wurde nicht bestanden");
    }

    @Test
    void aThrottleWindowIsAnsweredWithWhatIsLeftOfItAndNobodyIsAsked() {
        start();
        playtcha.script(Reply.error(429, "rate_limited_ip", "slow down").header("Retry-After", "7"));
        assertThat(app.signUp("ok-1").headers().firstValue("Retry-After")).hasValue("7");
        HttpResponse<String> second = app.signUp("ok-2", ACCEPT_JSON);
        assertThat(second.statusCode()).isEqualTo(503);
        assertThat(second.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isBetween(1L, 7L);
        assertThat(second.body()).contains("\"code\":\"throttled\"").doesNotContain("request_id");
        assertThat(playtcha.requestCount()).isEqualTo(1);
    }

    @Test
    void anUnavailablePlaytchaLetsARequestThroughOnceWhenTheGuardFailsOpen() {
        start();
        assertThat(app.signUp("db-error-1").body())
                .startsWith("outcome=UNAVAILABLE allowed=true degraded=false error-code=db_error request-id=req_");
        HttpResponse<String> again = app.signUp("db-error-1", ACCEPT_JSON);
        assertThat(again.statusCode()).isEqualTo(503);
        assertThat(app.seen).containsExactly("/signup");
    }

    @ParameterizedTest
    @CsvSource({"db-error-1, db_error, 20s", "hang-1, unavailable, 300ms"})
    void anUnavailablePlaytchaDeniesWhenTheGuardFailsClosed(String token, String code, String timeout) {
        start("fail-closed", "1", "timeout", timeout);
        HttpResponse<String> answer = app.signUp(token, ACCEPT_JSON);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        assertThat(app.seen).isEmpty();
    }

    @Test
    void moreThanMaxConcurrentIsDeniedWithRetryAfterOne() {
        CountDownLatch release = new CountDownLatch(1);
        playtcha.always(Reply.ok().holdUntil(release));
        start("max-concurrent", "1", "timeout", "20s");
        CompletableFuture<HttpResponse<String>> first = CompletableFuture.supplyAsync(() -> app.signUp("ok-1"));
        playtcha.awaitRequests(1, Duration.ofSeconds(10));
        HttpResponse<String> second = app.signUp("ok-2", ACCEPT_JSON);
        release.countDown();
        assertThat(second.statusCode()).isEqualTo(503);
        assertThat(second.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(second.body()).contains("\"code\":\"overloaded\"");
        assertThat(first.join().statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "'', token_missing",
        "'   ', token_missing",
        "with space, token_malformed",
        "z\u00fcrich, token_malformed",
        "tab\tbed, token_malformed"
    })
    void noUsableTokenIs400AndNobodyIsAsked(String token, String code) {
        HttpResponse<String> answer = start().signUp(token, ACCEPT_JSON);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"", "urn:playtcha:problem:" + code);
        assertThat(playtcha.requestCount()).isZero();
        assertThat(app.seen).isEmpty();
    }

    @Test
    void aTokenLongerThanTheLimitIs400() {
        start("max-token-length", "10");
        assertThat(app.signUp("ok-4567890").statusCode()).isEqualTo(200);
        assertThat(app.signUp("ok-45678901").statusCode()).isEqualTo(400);
    }

    @Test
    void jsonIsWrittenEvenWhereAFilterBeforeHasAskedForTheWriter() {
        app = new TestApp()
                .initialized()
                .otherFilter(
                        (request, response, chain) -> {
                            response.getWriter().print("to be dropped");
                            chain.doFilter(request, response);
                        },
                        "/*")
                .filter("playtcha", TestApp.params(playtcha), EnumSet.of(DispatcherType.REQUEST), "/signup")
                .servlet("/signup", TestApp::showAttributes)
                .start();
        HttpResponse<String> answer = app.signUp("expired-1", ACCEPT_JSON);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).startsWith("{\"type\":\"urn:playtcha:problem:token_expired\"");
    }

    @Test
    void aResponseThatIsCommittedIsLeftAsItIsAndTheApplicationIsNotReached() {
        app = new TestApp()
                .initialized()
                .otherFilter(
                        (request, response, chain) -> {
                            response.getWriter().print("early");
                            response.flushBuffer();
                            chain.doFilter(request, response);
                        },
                        "/*")
                .filter("playtcha", TestApp.params(playtcha), EnumSet.of(DispatcherType.REQUEST), "/signup")
                .servlet("/signup", TestApp::showAttributes)
                .start();
        HttpResponse<String> answer = app.signUp("expired-1", ACCEPT_JSON);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("early");
        assertThat(app.seen).isEmpty();
    }

    @Test
    void aDisabledGuardLetsEverythingThroughAndTouchesNothing() {
        start("enabled", "false");
        assertThat(app.signUp("invalid-1").body())
                .isEqualTo("outcome=DISABLED allowed=true degraded=false error-code=null request-id=null");
        assertThat(playtcha.requestCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE"})
    void safeMethodsPassWithoutAttributes(String method) {
        start();
        HttpResponse<String> answer =
                app.send(app.request("/signup").method(method, HttpRequest.BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(app.seen).containsExactly("/signup");
        if (method.equals("GET")) {
            assertThat(answer.body()).startsWith("outcome=null allowed=null");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "PATCH", "DELETE", "get", "PROPFIND", "FOO"})
    void everyOtherMethodIsGuardedCaseIncluded(String method) {
        start();
        HttpResponse<String> answer = app.send(app.request("/signup")
                .header("X-HTTP-Method-Override", "GET")
                .method(method, HttpRequest.BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(app.seen).doesNotContain("/signup");
    }

    @Test
    void safeMethodsAreASetting() {
        start("safe-methods", "HEAD");
        assertThat(app.send(app.request("/signup").GET()).statusCode()).isEqualTo(400);
    }

    @Test
    void monitorNeverDeniesAndSaysWhatEnforceWouldHave() {
        start("mode", "monitor");
        assertThat(app.signUp("redeemed-1").body()).startsWith("outcome=REJECTED allowed=false");
        assertThat(app.signUp("").body()).startsWith("outcome=NO_TOKEN allowed=false");
        assertThat(app.signUp("ok-1").body()).startsWith("outcome=VERIFIED allowed=true");
    }

    @Test
    void whatPlaytchaSentIsEscapedInJsonAndStaysOutOfHeadersAndPages() {
        String nasty = "<script>\\\"\\r\\nSet-Cookie: a=b\\u0000\u2028";
        Reply reply = Reply.json(
                403,
                "{\"error\":{\"code\":\"" + nasty + "\",\"message\":\"" + nasty + "\",\"request_id\":\"" + nasty
                        + "\"}}");
        app = TestApp.guarded(playtcha).start();
        playtcha.script(reply, reply);
        HttpResponse<String> json = app.signUp("a", ACCEPT_JSON);
        assertThat(json.statusCode()).isEqualTo(403);
        assertThat(json.body())
                .contains("\"type\":\"urn:playtcha:problem:%3Cscript%3E%22%0D%0ASet-Cookie%3A%20a%3Db%00%E2%80%A8\"")
                .doesNotContain("\n", "\r", "\u0000");
        HttpResponse<String> page = app.signUp("b", "Accept", "text/html");
        assertThat(page.body()).contains("403").doesNotContain("<script", "Set-Cookie");
        assertThat(json.headers().map()).doesNotContainKey("set-cookie");
        assertThat(page.headers().map()).doesNotContainKey("set-cookie");
    }

    @Test
    void anErrorOfOurOwnIs500AndNeverReachesTheApplication() {
        for (Throwable bug : new Throwable[] {new IllegalStateException("bug"), new StackOverflowError("bug")}) {
            TestApp broken = new TestApp()
                    .initialized()
                    .otherFilter(
                            (request, response, chain) -> chain.doFilter(
                                    new HttpServletRequestWrapper((HttpServletRequest) request) {
                                        @Override
                                        public Enumeration<String> getHeaders(String name) {
                                            if (name.equals("X-Playtcha-Token")) {
                                                DenialTest.<RuntimeException>raise(bug);
                                            }
                                            return super.getHeaders(name);
                                        }
                                    },
                                    response),
                            "/*")
                    .filter(
                            "playtcha",
                            TestApp.params(playtcha, "mode", "monitor"),
                            EnumSet.of(DispatcherType.REQUEST),
                            "/signup")
                    .servlet("/signup", TestApp::showAttributes)
                    .start();
            try (broken) {
                HttpResponse<String> answer = broken.signUp("ok-1", ACCEPT_JSON);
                assertThat(answer.statusCode()).isEqualTo(500);
                assertThat(answer.body())
                        .isEqualTo(
                                "{\"type\":\"urn:playtcha:problem:internal_error\",\"title\":\"The human check failed"
                                        + " to work\",\"status\":500,\"code\":\"internal_error\"}");
                assertThat(broken.signUp("ok-2").statusCode()).isEqualTo(500);
                assertThat(broken.seen).isEmpty();
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void raise(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void anExceptionOfTheApplicationIsTheApplications() {
        app = new TestApp()
                .initialized()
                .filter("playtcha", TestApp.params(playtcha), EnumSet.of(DispatcherType.REQUEST), "/signup")
                .servlet("/signup", (request, response) -> {
                    throw new ServletException("the application's own");
                })
                .errorPage((request, response) -> response.getWriter()
                        .print(request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) + " "
                                + request.getAttribute("playtcha.outcome")))
                .start();
        HttpResponse<String> answer = app.signUp("ok-1");
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).isEqualTo("jakarta.servlet.ServletException: the application's own VERIFIED");
    }
}
