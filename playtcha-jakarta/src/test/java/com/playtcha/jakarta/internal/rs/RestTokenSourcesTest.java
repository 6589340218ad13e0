package com.playtcha.jakarta.internal.rs;

import static com.playtcha.jakarta.internal.rs.RestApp.FORM;
import static com.playtcha.jakarta.internal.rs.RestApp.JSON;
import static com.playtcha.jakarta.internal.rs.RestOutcomesTest.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.request.BodyBudget;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 5 of the contract: where the token comes from, and what a resource can still read. */
class RestTokenSourcesTest {
    private static final String TOKEN = "playtcha-response=ok-1";

    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    @AfterEach
    void stop() {
        playtcha.close();
    }

    /** A filter of the application that looks at a body, as those do that log it. */
    public static class LookingFilter implements ContainerRequestFilter {
        @Override
        public void filter(ContainerRequestContext request) throws IOException {
            InputStream body = request.getEntityStream();
            if (!body.markSupported()) {
                body = new BufferedInputStream(body);
                request.setEntityStream(body);
            }
            body.mark(1000);
            RestApp.SEEN.add(new String(body.readNBytes(1000), StandardCharsets.UTF_8));
            body.reset();
        }
    }

    private RestApp app(String... settings) {
        return RestApp.start(RestApp.asking(playtcha, settings), SignUpResource.class);
    }

    @ParameterizedTest
    @CsvSource({
        "/signup/param, Zoë",
        "/signup/bean?x=1, 'Zoë,1'",
        "/signup/map, Zoë",
        "/signup/form, Zoë",
        "/signup/stream, name=Zo%C3%AB&playtcha-response=ok-1",
        "/signup, name=Zo%C3%AB&playtcha-response=ok-1"
    })
    void formIsReadableAfterItsTokenWasFound(String path, String read) {
        try (RestApp app = app()) {
            assertThat(app.post(path, "name=Zo%C3%AB&" + TOKEN, "Content-Type", FORM)
                            .body())
                    .isEqualTo("VERIFIED,true,success:" + read);
        }
    }

    @Test
    void formOfUnknownLengthIsReadableToo() {
        try (RestApp app = app()) {
            ByteArrayInputStream body = new ByteArrayInputStream(("name=x&" + TOKEN).getBytes(StandardCharsets.UTF_8));

            assertThat(app.postChunked("/signup/param", body, "Content-Type", FORM)
                            .body())
                    .isEqualTo("VERIFIED,true,success:x");
        }
    }

    @Test
    void headerGoesBeforeTheParameterAndTheParameterBeforeJson() {
        try (RestApp app = app("token-json-pointer", "/t")) {
            String json = "{\"t\":\"invalid-1\"}";

            assertThat(app.post("/signup?" + TOKEN, json, "Content-Type", JSON, "X-Playtcha-Token", "ok-2")
                            .body())
                    .isEqualTo("VERIFIED,true,success:" + json);
            assertThat(app.post("/signup?" + TOKEN, json, "Content-Type", JSON, "X-Playtcha-Token", " ")
                            .body())
                    .isEqualTo("VERIFIED,true,success:" + json);
            assertProblem(app.post("/signup", json, "Content-Type", JSON), 403, "token_invalid");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {JSON, "application/vnd.x+json; charset=utf-8"})
    void jsonIsReadableAfterItsTokenWasFound(String contentType) {
        try (RestApp app = app("token-json-pointer", "/a/t")) {
            String json = "{\"name\":\"Zoë\",\"a\":{\"t\":\"ok-1\"}}";

            assertThat(app.post("/signup/stream", json, "Content-Type", contentType)
                            .body())
                    .isEqualTo("VERIFIED,true,success:" + json);
        }
    }

    @Test
    void jsonIsReadableAfterAFilterOfTheApplicationLookedAtIt() {
        try (RestApp app = RestApp.start(
                RestApp.asking(playtcha, "token-json-pointer", "/t"), SignUpResource.class, LookingFilter.class)) {
            String json = "{\"name\":\"Ada\",\"t\":\"ok-1\"}";

            assertThat(app.post("/signup/stream", json, "Content-Type", JSON).body())
                    .isEqualTo("VERIFIED,true,success:" + json);
            assertThat(RestApp.SEEN).contains(json);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | token_missing",
                "{ | body_unreadable",
                "{} | token_missing",
                "[] | token_missing",
                "{\"t\":1} | token_malformed",
                "{\"t\":\"a\",\"t\":\"a\"} | token_ambiguous",
                "{\"t\":\"\"} | token_missing",
                "{\"t\":null} | token_missing"
            })
    void jsonWithoutATokenIsDenied(String json, String code) {
        try (RestApp app = app("token-json-pointer", "/t")) {
            assertProblem(app.post("/signup", json, "Content-Type", JSON), 400, code);
            assertThat(playtcha.requestCount()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "playtcha-response=, token_missing",
        "playtcha-response=%zz, token_malformed",
        "playtcha-response=ok-1&playtcha-response=ok-2, token_ambiguous",
        "playtcha-response=ok%201, token_malformed",
        "playtcha-response=%00, token_malformed",
        "Playtcha-Response=ok-1, token_missing",
        "%, token_missing"
    })
    void formWithoutOneTokenIsDenied(String form, String code) {
        try (RestApp app = app()) {
            assertProblem(app.post("/signup/param", form, "Content-Type", FORM), 400, code);
            assertThat(playtcha.requestCount()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x=%&", "x=100%&y=%zz&", "%=1&", "%&"})
    void fieldThatIsNotTheTokensDoesNotMatter(String other) {
        try (RestApp app = app()) {
            assertThat(app.post("/signup", other + TOKEN, "Content-Type", FORM).body())
                    .isEqualTo("VERIFIED,true,success:" + other + TOKEN);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/signup, ok-1",
        "/signup/param, ok-1",
        "/signup, invalid-1",
        "/signup/failing, ok-1",
        "/signup/stream, ok-1"
    })
    void memoryOfABodyIsGivenBackWithTheAnswer(String path, String token) throws Exception {
        try (RestApp app = app()) {
            app.post(path, "name=x&playtcha-response=" + token, "Content-Type", FORM);

            BodyBudget bodies = app.playtcha().start().bodies();
            bodies.reserve(Runtime.getRuntime().maxMemory() / 16, Integer.MAX_VALUE)
                    .release();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"; charset=no-such", "; charset=", "; charset=\"\u00e4\""})
    void unknownCharsetIsDenied(String parameter) {
        try (RestApp app = app()) {
            assertThat(app.post("/signup/stream", TOKEN, "Content-Type", FORM + parameter)
                            .statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void differentValuesInQueryAndFormAreDenied() {
        try (RestApp app = app()) {
            assertProblem(
                    app.post("/signup/param?" + TOKEN, "playtcha-response=ok-2", "Content-Type", FORM),
                    400,
                    "token_ambiguous");
            assertThat(app.post("/signup/param?" + TOKEN, TOKEN + "&name=x", "Content-Type", FORM)
                            .body())
                    .isEqualTo("VERIFIED,true,success:x");
        }
    }

    @Test
    void differentHeadersAreDenied() {
        try (RestApp app = app()) {
            assertProblem(
                    app.post("/signup", "", "X-Playtcha-Token", "ok-1", "X-Playtcha-Token", "ok-2"),
                    400,
                    "token_ambiguous");
        }
    }

    @Test
    void sourcesThatAreOffAreNotLookedInto() {
        try (RestApp app = app("token-header", "off", "token-param", "off", "token-json-pointer", "/t")) {
            assertProblem(
                    app.post("/signup/stream?" + TOKEN, TOKEN, "Content-Type", FORM, "X-Playtcha-Token", "ok-1"),
                    400,
                    "token_missing");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {FORM, JSON})
    void bodyAboveTheLimitIsDeniedWhetherItsLengthIsDeclaredOrNot(String contentType) {
        try (RestApp app = app("max-body", "100", "token-json-pointer", "/t")) {
            String body = "x".repeat(101);
            ByteArrayInputStream chunks = new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8));

            assertProblem(app.post("/signup", body, "Content-Type", contentType), 413, "body_too_large");
            assertProblem(app.postChunked("/signup", chunks, "Content-Type", contentType), 413, "body_too_large");
        }
    }

    @Test
    void bodyOfExactlyTheLimitIsRead() {
        try (RestApp app = app("max-body", "100")) {
            String form = TOKEN + "&name=" + "x".repeat(100 - TOKEN.length() - 6);

            assertThat(app.post("/signup/param", form, "Content-Type", FORM).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void monitoredResourceReadsAllOfABodyThatIsTooLargeToLookInto() {
        try (RestApp app = app("max-body", "100", "mode", "monitor")) {
            String body = "x".repeat(50_000);
            ByteArrayInputStream chunks = new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8));

            assertThat(app.post("/signup/stream", body, "Content-Type", FORM).body())
                    .isEqualTo("NO_TOKEN,false,body-too-large:" + body);
            assertThat(app.postChunked("/signup/stream", chunks, "Content-Type", FORM)
                            .body())
                    .isEqualTo("NO_TOKEN,false,body-too-large:" + body);
        }
    }

    @Test
    void bodyOfAnotherTypeIsLeftAlone() {
        try (RestApp app = app("max-body", "10")) {
            String body = TOKEN + "&" + "x".repeat(1000);

            assertProblem(app.post("/signup", body, "Content-Type", "text/plain"), 400, "token_missing");
            assertThat(app.post("/signup", body, "Content-Type", "text/plain", "X-Playtcha-Token", "ok-1")
                            .body())
                    .isEqualTo("VERIFIED,true,success:" + body);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {FORM, JSON})
    void bodyThatEndsTooEarlyIsUnreadable(String contentType) throws IOException {
        try (RestApp app = app("token-json-pointer", "/t");
                Socket visitor = new Socket("127.0.0.1", app.port())) {
            visitor.setSoTimeout(60_000);
            visitor.getOutputStream()
                    .write(("POST /signup HTTP/1.1\r\nHost: x\r\nContent-Type: " + contentType
                                    + "\r\nContent-Length: 100\r\n\r\n" + TOKEN)
                            .getBytes(StandardCharsets.US_ASCII));
            visitor.shutdownOutput();
            assertThat(new String(visitor.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 400");
        }
    }
}
