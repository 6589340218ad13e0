package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.ReceivedRequest;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import org.eclipse.jetty.http.BadMessageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 5: where the token is looked for, and what becomes of the request around it. */
class TokenSourcesTest {
    private static final String MULTIPART = "multipart/form-data; boundary=XX";

    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private TestApp app;

    @AfterEach
    void stop() {
        if (app != null) {
            app.close();
        }
        playtcha.close();
    }

    /** The application answers with what is left of the request: parameter, part and body. */
    private TestApp start(String... settings) {
        app = new TestApp()
                .initialized()
                .filter("playtcha", TestApp.params(playtcha, settings), EnumSet.of(DispatcherType.REQUEST), "/signup")
                .servlet("/signup", (request, response) -> {
                    response.setContentType("text/plain;charset=UTF-8");
                    String body = new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                    response.getWriter()
                            .print("name=" + request.getParameter("name") + " part=" + part(request) + " encoding="
                                    + request.getCharacterEncoding() + " body=" + body);
                })
                .start();
        return app;
    }

    private static String part(HttpServletRequest request) throws IOException {
        try {
            boolean multipart = String.valueOf(request.getContentType()).startsWith("multipart/");
            return multipart
                    ? new String(request.getPart("file").getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    : "-";
        } catch (jakarta.servlet.ServletException e) {
            throw new IOException(e);
        }
    }

    private String verified() {
        return playtcha.lastRequest().map(ReceivedRequest::token).orElse(null);
    }

    @Test
    void theHeaderComesFirstAndLeavesTheBodyAlone() {
        HttpResponse<String> answer = start().post(
                        "/signup", TestApp.FORM, "name=Ann&playtcha-response=ok-form", "X-Playtcha-Token", "ok-header");
        assertThat(verified()).isEqualTo("ok-header");
        assertThat(answer.body()).endsWith("body=name=Ann&playtcha-response=ok-form");
    }

    @Test
    void aBlankHeaderIsAbsentAndTheParameterDecides() {
        start().post("/signup", TestApp.FORM, "playtcha-response=ok-form", "X-Playtcha-Token", "  ");
        assertThat(verified()).isEqualTo("ok-form");
    }

    @Test
    void anUnusableHeaderDecidesTooEvenWhereTheParameterIsGood() {
        HttpResponse<String> answer =
                start().post("/signup", TestApp.FORM, "playtcha-response=ok-form", "X-Playtcha-Token", "a b");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(playtcha.requestCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"a,b,400", "ok-1,ok-1,200", "'',ok-1,200"})
    void twoHeaderLinesMustNotDiffer(String first, String second, int status) {
        HttpResponse<String> answer =
                start().post("/signup", TestApp.FORM, "", "X-Playtcha-Token", first, "X-Playtcha-Token", second);
        assertThat(answer.statusCode()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"ok-1, ok-2, 400", "ok-1, ok-1, 200", "ok-1, '', 200", "'', ok-1, 200"})
    void queryAndBodyAreOneSource(String query, String body, int status) {
        start();
        HttpResponse<String> answer =
                app.post("/signup?playtcha-response=" + query, TestApp.FORM, "playtcha-response=" + body);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(playtcha.requestCount()).isEqualTo(status == 200 ? 1 : 0);
    }

    @Test
    void afterAFormWasReadParametersStayUsableAndTheStreamIsEmpty() {
        HttpResponse<String> answer = start().post("/signup", TestApp.FORM, "name=Zo%C3%AB&playtcha-response=ok-1");
        assertThat(answer.body()).isEqualTo("name=Zo\u00eb part=- encoding=UTF-8 body=");
    }

    @Test
    void aFormIsDecodedAlikeWhereverItsTokenStands() {
        HttpResponse<String> answer =
                start().post("/signup", TestApp.FORM, "name=Zo%C3%AB", "X-Playtcha-Token", "ok-header");
        assertThat(answer.body()).contains("encoding=UTF-8");
    }

    @Test
    void aMultipartTokenIsFoundAndThePartsStayUsable() {
        String body = "--XX\r\nContent-Disposition: form-data; name=\"playtcha-response\"\r\n\r\nok-1\r\n"
                + "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--XX--\r\n";
        HttpResponse<String> answer = start().post("/signup", MULTIPART, body);
        assertThat(answer.body()).startsWith("name=null part=hello");
        assertThat(verified()).isEqualTo("ok-1");
    }

    @Test
    void aMultipartBodyIsNotReadWhereTheTargetDeclaresNoParts() {
        app = new TestApp().initialized();
        app.filter("playtcha", TestApp.params(playtcha), EnumSet.of(DispatcherType.REQUEST), "/signup")
                .servletWithoutParts(
                        "/signup",
                        (request, response) -> response.getWriter()
                                .print(request.getInputStream().readAllBytes().length));
        app.start();
        String body = "--XX\r\nContent-Disposition: form-data; name=\"playtcha-response\"\r\n\r\nok-1\r\n--XX--\r\n";
        assertThat(app.post("/signup", MULTIPART, body).statusCode()).isEqualTo(400);
        assertThat(app.post("/signup", MULTIPART, body, "X-Playtcha-Token", "ok-2")
                        .body())
                .isEqualTo(Integer.toString(body.length()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/octet-stream", "application/json", "application/vnd.x+json"})
    void anyOtherBodyIsUntouchedWhereTheTokenIsInTheQuery(String type) {
        HttpResponse<String> answer = start("token-json-pointer", "/token")
                .post("/signup?playtcha-response=ok-1", type, "{\"a\":\"\u00eb\"}");
        assertThat(answer.body()).endsWith("body={\"a\":\"\u00eb\"}");
    }

    @Test
    void sourcesAreSettings() {
        start("token-param", "captcha", "token-header", "off");
        assertThat(app.post("/signup", TestApp.FORM, "captcha=ok-1", "X-Playtcha-Token", "ok-2")
                        .statusCode())
                .isEqualTo(200);
        assertThat(verified()).isEqualTo("ok-1");
        app.close();
        start("token-param", "off", "token-header", "X-Other");
        assertThat(app.signUp("ok-3").statusCode()).isEqualTo(400);
        assertThat(app.post("/signup", TestApp.FORM, "a=b", "X-Other", "ok-4").body())
                .endsWith("body=a=b");
    }

    @Test
    void theEncodingOfTheRequestWins() {
        HttpResponse<String> answer =
                start().post("/signup", TestApp.FORM + ";charset=ISO-8859-1", "name=Zo%EB&playtcha-response=ok-1");
        assertThat(answer.body()).startsWith("name=Zo\u00eb").containsIgnoringCase("encoding=iso-8859-1");
    }

    // Jetty decodes a form by its Content-Type or UTF-8 whatever was set: here only who sets what is seen.

    @Test
    void theEncodingOfTheContextWins() {
        app = new TestApp()
                .initialized()
                .requestEncoding("ISO-8859-1")
                .filter("playtcha", TestApp.params(playtcha), EnumSet.of(DispatcherType.REQUEST), "/signup")
                .servlet("/signup", (request, response) -> response.getWriter().print(request.getCharacterEncoding()))
                .start();
        assertThat(app.signUp("ok-1").body()).isEqualTo("ISO-8859-1");
    }

    @Test
    void theEncodingIsASettingAndIsLeftAloneWhenOffOrWhenThereIsNoForm() {
        start("encoding", "ISO-8859-1");
        assertThat(app.signUp("ok-1").body()).contains("encoding=ISO-8859-1");
        app.close();
        start("encoding", "off");
        assertThat(app.signUp("ok-2").body()).contains("encoding=null");
        app.close();
        start();
        assertThat(app.post("/signup", "text/plain", "", "X-Playtcha-Token", "ok-3")
                        .body())
                .contains("encoding=null");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "{\"form\":{\"token\":\"ok-1\"}}, 200, -",
                "{\"form\":{\"token\":\"\"}}, 400, token_missing",
                "{\"form\":{\"token\":null}}, 400, token_missing",
                "{\"form\":{\"token\":5}}, 400, token_malformed",
                "{\"form\":{\"token\":true}}, 400, token_malformed",
                "{\"form\":{\"token\":{\"token\":\"ok-1\"}}}, 400, token_malformed",
                "{\"form\":{\"token\":[\"ok-1\"]}}, 400, token_malformed",
                "{\"form\":{}}, 400, token_missing",
                "`{\"form\":{\"token\":\"ok-1\",\"token\":\"ok-1\"}}`, 400, token_ambiguous",
                "`{\"form\":{},\"form\":{\"token\":\"ok-1\"}}`, 400, token_ambiguous",
                "`{\"a\":1,\"a\":2,\"form\":{\"token\":\"ok-1\"}}`, 200, -",
                "{\"form\":{\"token\":\"ok-1\"}}{}, 400, body_unreadable",
                "{\"form\":{\"token\":\"ok-1\", 400, body_unreadable",
                "[{\"form\":{\"token\":\"ok-1\"}}], 400, token_missing",
                "nonsense, 400, body_unreadable",
                "``, 400, token_missing",
            })
    void aJsonBodyIsReadStrictly(String body, int status, String code) {
        start("token-json-pointer", "/form/token");
        HttpResponse<String> answer = app.post("/signup", TestApp.JSON, body);
        assertThat(answer.statusCode()).isEqualTo(status);
        if (status == 200) {
            assertThat(answer.body()).endsWith("body=" + body);
            assertThat(verified()).isEqualTo("ok-1");
        } else {
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
            assertThat(playtcha.requestCount()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, 200",
        "Application/JSON; charset=utf-8, 200",
        "application/vnd.api+json, 200",
        "text/plain, 400",
        "text/json, 400",
        "application/jsonp, 400",
        "application/x-www-form-urlencoded, 400",
    })
    void thePointerIsUsedForJsonTypesOnly(String type, int status) {
        start("token-json-pointer", "/token");
        assertThat(app.post("/signup", type, "{\"token\":\"ok-1\"}").statusCode())
                .isEqualTo(status);
    }

    @Test
    void aDeclaredCharsetDecodesTheJson() {
        start("token-json-pointer", "/t\u00f6ken", "encoding", "ISO-8859-1");
        String json = "{\"t\u00f6ken\":\"ok-1\"}";
        HttpRequest.Builder latin = app.request("/signup")
                .header("Content-Type", "application/json;charset=ISO-8859-1")
                .POST(HttpRequest.BodyPublishers.ofString(json, StandardCharsets.ISO_8859_1));
        assertThat(app.send(latin).statusCode()).isEqualTo(200);
        // Without one JSON is UTF-8, whatever "encoding" says about parameters.
        assertThat(app.post("/signup", TestApp.JSON, json.replace("ok-1", "ok-2"))
                        .statusCode())
                .isEqualTo(200);
        HttpRequest.Builder invalid = app.request("/signup")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json, StandardCharsets.ISO_8859_1));
        assertThat(app.send(invalid).statusCode()).isEqualTo(400);
        assertThat(app.post("/signup", "application/json;charset=no-such-set", json)
                        .statusCode())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aJsonBodyOverTheLimitIs413(boolean chunked) {
        start("token-json-pointer", "/token", "max-body", "30");
        String fits = "{\"token\":\"ok-1\",\"pad\":\"123456\"}".substring(0, 30).replaceAll(".{2}$", "\"}");
        assertThat(fits).hasSize(30);
        assertThat(send(fits, chunked).statusCode()).isEqualTo(200);
        HttpResponse<String> answer = send(fits + " ", chunked);
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("\"code\":\"body_too_large\"");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inMonitorModeABodyOverTheLimitReachesTheApplicationWhole(boolean chunked) {
        start("token-json-pointer", "/token", "max-body", "10", "mode", "monitor");
        String body = "{\"token\":\"ok-1\",\"pad\":\"" + "x".repeat(100_000) + "\"}";
        assertThat(send(body, chunked).body()).endsWith("body=" + body);
    }

    private HttpResponse<String> send(String body, boolean chunked) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        HttpRequest.BodyPublisher publisher = chunked
                ? HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(bytes))
                : HttpRequest.BodyPublishers.ofByteArray(bytes);
        return app.send(
                app.request("/signup").header("Content-Type", TestApp.JSON).POST(publisher));
    }

    @Test
    void aBodyNestedTooDeeplyIs400AndNotAnError() {
        start("token-json-pointer", "/token");
        String deep = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + ",\"token\":\"ok-1\"}";
        assertThat(app.post("/signup", TestApp.JSON, deep).statusCode()).isEqualTo(400);
    }

    @Test
    void aFormThatTheContainerRefusesKeepsTheContainersStatus() {
        start();
        app.context().setMaxFormContentSize(100);
        HttpResponse<String> tooLarge = app.post(
                "/signup",
                TestApp.FORM,
                "playtcha-response=ok-1&pad=" + "x".repeat(1000),
                "Accept",
                "application/json");
        // As Jetty answers it without a filter.
        assertThat(tooLarge.statusCode()).isEqualTo(400);
        HttpResponse<String> malformed =
                app.post("/signup", TestApp.FORM, "playtcha-response=%ZZ", "Accept", "application/json");
        assertThat(malformed.statusCode()).isEqualTo(400);
        assertThat(malformed.body()).contains("\"code\":\"body_unreadable\"");
        assertThat(playtcha.requestCount()).isZero();
    }

    /** Tomcat 10.1 throws nothing, and a form without a token would be said to lack the human check. */
    @ParameterizedTest
    @CsvSource({"2000, 413, body_too_large", "90, 400, body_unreadable", "1, 400, token_missing"})
    void aFormThatTomcatLeavesOutIsNotOneWithoutAToken(int fields, int status, String code) {
        try (TomcatApp tomcat = new TomcatApp()
                .initialized()
                .filter("playtcha", TestApp.params(playtcha), EnumSet.of(DispatcherType.REQUEST), "/signup")
                .servlet("/signup", TestApp::showAttributes)) {
            tomcat.limits(1000, 50).start();
            String token = fields == 1 ? "" : "&playtcha-response=ok-1";
            HttpResponse<String> answer =
                    tomcat.post("/signup", TestApp.FORM, "&a=".repeat(fields) + token, "Accept", "application/json");
            assertThat(answer.statusCode()).isEqualTo(status);
            assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
            assertThat(tomcat.seen).isEmpty();
        }
    }

    @Test
    void anotherStatusThanBadRequestIsKeptToo() {
        app = new TestApp()
                .initialized()
                .otherFilter(
                        (request, response, chain) -> chain.doFilter(
                                new HttpServletRequestWrapper((HttpServletRequest) request) {
                                    @Override
                                    public String[] getParameterValues(String name) {
                                        throw new IllegalStateException(new BadMessageException(413, "too large"));
                                    }
                                },
                                response),
                        "/*")
                .filter("one", TestApp.params(playtcha, "mode", "monitor"), EnumSet.of(DispatcherType.REQUEST), "/*")
                .filter("two", TestApp.params(playtcha), EnumSet.of(DispatcherType.REQUEST), "/*")
                .servlet("/signup", TestApp::showAttributes)
                .start();
        HttpResponse<String> answer = app.signUp("ok-1", "Accept", "application/json");
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("\"code\":\"body_too_large\"");
        assertThat(app.seen).isEmpty();
    }

    @Test
    void aVisitorWhoGoesAwayWithinTheJsonBodyIsNoErrorOfOurs() throws IOException {
        start("token-json-pointer", "/token");
        try (Socket socket = new Socket("127.0.0.1", app.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST /app/signup HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 100\r\n\r\n{\"token\":")
                    .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).doesNotContain("internal_error", "HTTP/1.1 200");
        }
        assertThat(app.seen).isEmpty();
        assertThat(playtcha.requestCount()).isZero();
    }

    /** Undertow reports it by an exception that names no status, after which it would answer 500. */
    @Test
    void aBodyThatCannotBeReadToItsEndIsUnreadable() {
        app = new TestApp()
                .initialized()
                .otherFilter(
                        (request, response, chain) -> chain.doFilter(
                                new HttpServletRequestWrapper((HttpServletRequest) request) {
                                    @Override
                                    public ServletInputStream getInputStream() {
                                        return new BrokenStream();
                                    }
                                },
                                response),
                        "/*")
                .filter(
                        "one",
                        TestApp.params(playtcha, "token-json-pointer", "/token"),
                        EnumSet.of(DispatcherType.REQUEST),
                        "/signup")
                .filter(
                        "two",
                        TestApp.params(playtcha, "token-json-pointer", "/token", "mode", "monitor"),
                        EnumSet.of(DispatcherType.REQUEST),
                        "/monitored")
                .servlet("/signup", TestApp::showAttributes)
                .servlet("/monitored", (request, response) -> {
                    try {
                        response.getWriter().print(request.getInputStream().readAllBytes().length);
                    } catch (IOException e) {
                        response.getWriter().print(e.getMessage());
                    }
                })
                .start();
        HttpResponse<String> answer = app.post("/signup", TestApp.JSON, "{}", "Accept", "application/json");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"code\":\"body_unreadable\"");
        assertThat(app.post("/monitored", TestApp.JSON, "{}").body()).isEqualTo("gone");
        assertThat(app.seen).containsExactly("/monitored");
    }

    /** Fails in the middle, once. */
    private static final class BrokenStream extends ServletInputStream {
        private int count;

        @Override
        public int read() throws IOException {
            if (count++ == 5) {
                throw new IOException("gone");
            }
            return count < 6 ? ' ' : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = read();
            target[offset] = (byte) read;
            return Math.min(read, 1);
        }

        @Override
        public boolean isFinished() {
            return count > 5;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException();
        }
    }

    /** Jetty and Tomcat 11 refuse a query once; who asks again gets what there is without it. */
    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void aRefusalOfTheContainerIsNotForgottenByTheNextRead(String method) {
        app = new TestApp()
                .initialized()
                .filter("one", TestApp.params(playtcha, "mode", "monitor"), EnumSet.of(DispatcherType.REQUEST), "/*")
                .filter("two", TestApp.params(playtcha), EnumSet.of(DispatcherType.REQUEST), "/*")
                .servlet("/signup", TestApp::showAttributes)
                .start();
        HttpResponse<String> answer = app.send(app.request("/signup?jakarta.faces.ViewState=1&a=%FF")
                .header("Accept", "application/json")
                .method(method, HttpRequest.BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"code\":\"body_unreadable\"");
    }
}
