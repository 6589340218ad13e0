package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, sections 4 and 5: the page of {@code failure-path}. */
class FailurePathTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final TestApp app = new TestApp().initialized().servlet("/signup", TestApp::showAttributes);

    @AfterEach
    void stop() {
        app.close();
        playtcha.close();
    }

    private TestApp start(String failurePath) {
        return app.filter(
                        "playtcha",
                        TestApp.params(playtcha, "failure-path", failurePath),
                        EnumSet.allOf(DispatcherType.class),
                        "/*")
                .start();
    }

    /** With its view state, a page of Faces runs the action of the form that was denied, whatever the method. */
    @Test
    void aPageOfFacesTakesTheRequestForNoPostback() {
        app.servlet(
                "/denied",
                (request, response) -> response.getWriter()
                        .print(request.getParameter("jakarta.faces.ViewState")
                                + Arrays.toString(request.getParameterValues("jakarta.faces.ViewState"))
                                + new TreeSet<>(request.getParameterMap().keySet())
                                + new TreeSet<>(Collections.list(request.getParameterNames()))));
        start("/denied");

        HttpResponse<String> answer = app.post(
                "/signup",
                TestApp.FORM,
                "name=Ann&jakarta.faces.ViewState=1%3A2&view:jakarta.faces.ViewState=1",
                "Accept",
                "text/html");

        assertThat(answer.body()).isEqualTo("nullnull[name][name]");
    }

    /** The container throws again for each parameter that the page reads. */
    @ParameterizedTest
    @ValueSource(strings = {"name=%zz", "name=%ff"})
    void aBodyThatTheContainerRefusesHasNoParameters(String form) {
        app.servlet(
                "/denied",
                (request, response) -> response.getWriter()
                        .print("page " + request.getParameter("name")
                                + Arrays.toString(request.getParameterValues("name"))
                                + request.getParameterMap().keySet()
                                + Collections.list(request.getParameterNames())));
        start("/denied");

        HttpResponse<String> answer = app.post("/signup", TestApp.FORM, form, "Accept", "text/html");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("page nullnull[][]");
    }

    @Test
    void thePageShowsTheAttributesUnderTheDenialsStatus() {
        app.servlet("/denied", (request, response) -> {
            response.setContentType("text/plain;charset=UTF-8");
            response.getWriter()
                    .print(request.getMethod() + " " + request.getParameter("name") + " "
                            + TestApp.attributes(request));
        });
        start("/denied");
        HttpResponse<String> answer =
                app.post("/signup", TestApp.FORM, "playtcha-response=expired-1&name=Ann", "Accept", "text/html");
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body())
                .startsWith("GET Ann outcome=REJECTED allowed=false degraded=false error-code=token_expired");
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(app.seen).containsExactly("/denied");
        assertThat(playtcha.requestCount()).isEqualTo(1);
    }

    @Test
    void aFailurePathThatIsTheGuardedPageItselfNeverRunsItsPost() {
        app.servlet(
                "/both",
                (request, response) -> response.getWriter()
                        .print(request.getMethod() + " was " + request.getAttribute("playtcha.method") + " for "
                                + request.getParameter("name") + " body "
                                + request.getReader().readLine()
                                + " override " + request.getHeader("X-HTTP-Method-Override")));
        start("/both");
        assertThat(app.post("/both", TestApp.FORM, "playtcha-response=invalid-1&name=Mallory")
                        .body())
                .isEqualTo("GET was POST for Mallory body null override null");
        HttpResponse<String> json =
                app.post("/both", TestApp.JSON, "{}", "X-Playtcha-Token", "invalid-2", "Accept", "text/html");
        assertThat(json.body()).isEqualTo("GET was POST for null body null override null");
        HttpResponse<String> overridden = app.send(app.request("/both").header("X-HTTP-Method-Override", "POST"));
        assertThat(overridden.body()).isEqualTo("GET was GET for null body null override null");
    }

    @Test
    void aPageThatDispatchesAgainSeesAGetToo() {
        app.servlet("/denied", (request, response) -> {
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                response.getWriter().print(request.getMethod());
            } else {
                request.startAsync().dispatch("/denied");
            }
        });
        assertThat(start("/denied").signUp("invalid-1").body()).isEqualTo("GET");
    }

    @Test
    void thePageMayChangeTheStatus() {
        app.servlet("/denied", (request, response) -> {
            response.setStatus(422);
            response.getWriter().print("please try again");
        });
        HttpResponse<String> answer = start("/denied").signUp("invalid-1");
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).isEqualTo("please try again");
    }

    @Test
    void jsonWinsOverThePage() {
        app.servlet("/denied", (request, response) -> response.getWriter().print("page"));
        HttpResponse<String> answer = start("/denied").signUp("invalid-1", "Accept", "application/json");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(app.seen).isEmpty();
    }

    @Test
    void whatThePageForwardsToAndIncludesPassesToo() {
        app.servlet(
                        "/denied",
                        (request, response) ->
                                request.getRequestDispatcher("/view").forward(request, response))
                .servlet("/view", (request, response) -> {
                    response.getWriter().print("view ");
                    request.getRequestDispatcher("/part").include(request, response);
                })
                .servlet("/part", (request, response) -> response.getWriter().print("part"));
        assertThat(start("/denied").signUp("invalid-1").body()).isEqualTo("view part");
    }

    @Test
    void aPageThatGoesAsynchronousComesBack() {
        app.servlet("/denied", (request, response) -> {
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                response.getWriter().print("later");
            } else {
                request.startAsync().dispatch("/denied");
            }
        });
        HttpResponse<String> answer = start("/denied").signUp("invalid-1");
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).isEqualTo("later");
        assertThat(app.seen).containsExactly("/denied", "/denied");
    }

    @Test
    void aPageThatFailsIsAServletErrorAndNeverTheApplication() {
        app.servlet("/denied", (request, response) -> {
            throw new IllegalStateException("page");
        });
        assertThat(start("/denied").signUp("invalid-1").statusCode()).isEqualTo(500);
        assertThat(app.seen).doesNotContain("/signup");
    }

    @Test
    void aPageThatIsMissingIsAServletErrorAndNeverTheApplication() {
        assertThat(start("/missing").signUp("invalid-1").statusCode()).isIn(404, 405);
        assertThat(app.seen).isEmpty();
    }

    @Test
    void theNextRequestIsGuardedAgain() {
        app.servlet("/denied", (request, response) -> response.getWriter().print("page"));
        start("/denied");
        assertThat(app.signUp("invalid-1").body()).isEqualTo("page");
        assertThat(app.post("/denied", TestApp.FORM, "").statusCode()).isEqualTo(400);
        assertThat(app.signUp("ok-1").body()).startsWith("outcome=VERIFIED");
    }

    @Test
    void afterThePageARequestThatWasAsynchronousBeforeIsGuardedAsEver() {
        app.servlet("/denied", (request, response) -> response.getWriter().print("denied"))
                .servlet("/behind", TestApp::showAttributes)
                .servlet("/open", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    request.getRequestDispatcher("/signup").forward(request, response);
                    async.dispatch("/behind");
                });
        app.filter(
                        "playtcha",
                        TestApp.params(playtcha, "failure-path", "/denied"),
                        EnumSet.of(DispatcherType.FORWARD, DispatcherType.ASYNC),
                        "/signup",
                        "/behind")
                .start();
        app.post("/open", TestApp.FORM, "playtcha-response=invalid-1");
        assertThat(app.seen).contains("/open", "/denied").doesNotContain("/signup", "/behind");
    }
}
