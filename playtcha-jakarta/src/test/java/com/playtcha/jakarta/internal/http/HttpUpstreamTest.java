package com.playtcha.jakarta.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.internal.gate.CallResult;
import com.playtcha.jakarta.internal.gate.Project;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.ReceivedRequest;
import com.playtcha.jakarta.testkit.Reply;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The transport over real HTTP, fault by fault (contract, sections 1 to 3). */
class HttpUpstreamTest {
    private static final String GOOD = "{\"success\":true}";

    private final PlaytchaStandIn playtcha =
            PlaytchaStandIn.builder().secret(Upstreams.SECRET).start();
    private final List<HttpUpstream> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(HttpUpstream::close);
        playtcha.close();
    }

    private HttpUpstream open(String... keysAndValues) {
        HttpUpstream upstream = Upstreams.open(playtcha.baseUrl(), keysAndValues);
        opened.add(upstream);
        return upstream;
    }

    @Test
    void sendsTheSecretAndTheTokenAndNothingElse() {
        CallResult answer = open().call("ok-\"quoted\"\\");

        assertThat(reply(answer).success()).isTrue();
        ReceivedRequest request = playtcha.lastRequest().orElseThrow();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.target()).isEqualTo("/v1/verify");
        assertThat(request.header("Content-Type")).contains("application/json");
        assertThat(request.header("User-Agent").orElseThrow())
                .startsWith("playtcha-jakarta/")
                .doesNotContain("unknown");
        assertThat(request.header("Host")).contains(playtcha.baseUrl().getAuthority());
        assertThat(request.body())
                .isEqualTo("{\"secret\":\"" + Upstreams.SECRET + "\",\"token\":\"ok-\\\"quoted\\\"\\\\\"}");
        assertThat(request.headers().keySet().stream().map(String::toLowerCase))
                .containsExactlyInAnyOrder("host", "user-agent", "accept", "content-type", "content-length");
        assertThat(playtcha.malformedCount()).isZero();
    }

    @Test
    void keepsThePathPrefixOfTheBaseUrl() {
        playtcha.always(Reply.ok());
        HttpUpstream upstream = Upstreams.open(URI.create(playtcha.baseUrl() + "/eu/playtcha/"));
        opened.add(upstream);
        upstream.call("t");

        assertThat(Stream.concat(
                                playtcha.requests().stream().map(ReceivedRequest::target),
                                playtcha.malformed().stream())
                        .toList())
                .singleElement()
                .asString()
                .contains("/eu/playtcha/v1/verify");
    }

    @Test
    void readsSuccessAndDegradedAndKeepsTheOtherFields() {
        playtcha.script(
                Reply.json(200, "{\"success\":true,\"degraded\":true,\"action\":\"signup\",\"score\":{\"v\":0.5}}"));

        Answer reply = reply(open().call("t"));

        assertThat(reply.success()).isTrue();
        assertThat(reply.degraded()).isTrue();
        assertThat(reply.fields()).containsEntry("action", "signup").containsKey("score");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{}",
                "[true]",
                "[{\"success\":true}]",
                "{\"success\":\"true\"}",
                "{\"success\":\"TRUE\"}",
                "{\"success\":[true]}",
                "{\"success\":1}",
                "{\"success\":null}",
                "{\"success\":\"yes\"}",
                "{\"Success\":true}",
                "{\"success\":false,\"success\":true}",
                "{\"success\":true}garbage",
                "{\"success\":true}{\"success\":true}",
                "{\"success\":true,\"unknown\":{",
                "<html>welcome</html>"
            })
    void whatIsNotOneObjectWithOneBooleanSuccessIsNoAnswer(String body) {
        playtcha.script(Reply.json(200, body));

        Answer reply = reply(open().call("t"));

        assertThat(reply.success()).isNull();
        assertThat(reply.degraded()).isFalse();
    }

    static Stream<Arguments> unusableBodies() {
        byte[] invalidUtf8 = "{\"success\":true,\"x\":\"?\"}".getBytes(StandardCharsets.UTF_8);
        invalidUtf8[invalidUtf8.length - 3] = (byte) 0xc3;
        return Stream.of(
                Arguments.of("invalid UTF-8", Reply.status(200).body(invalidUtf8)),
                Arguments.of(
                        "33 levels",
                        Reply.json(200, "{\"success\":true,\"x\":" + "[".repeat(32) + "]".repeat(32) + "}")),
                Arguments.of("over 64 KiB", Reply.json(200, "{\"success\":true,\"x\":\"" + "x".repeat(65_536) + "\"}")),
                Arguments.of("gzip", Reply.json(200, GOOD).header("Content-Encoding", "gzip")),
                Arguments.of(
                        "endless", Reply.json(200, "{\"success\":true,\"x\":\"").endless()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unusableBodies")
    void aBodyThatCannotBeReadIsNoAnswer(String name, Reply reply) {
        playtcha.script(reply);
        HttpUpstream upstream = open();

        assertThat(reply(upstream.call("t")).success()).isNull();
        assertThat(reply(upstream.call("ok-after")).success())
                .as("the next visitor")
                .isTrue();
    }

    @Test
    void exactly64KibAndADeepButAllowedBodyAreRead() {
        String frame = "{\"success\":true,\"x\":\"\"}";
        playtcha.script(
                Reply.json(200, "{\"success\":true,\"x\":\"" + "x".repeat(65_536 - frame.length()) + "\"}"),
                Reply.json(200, "{\"success\":true,\"x\":" + "[".repeat(31) + "]".repeat(31) + "}"),
                Reply.json(200, GOOD).chunked(),
                cutInChunks("\r\n0;last\r\nX-Trailer: y\r\n\r\n"),
                Reply.json(200, GOOD).header("Content-Encoding", "identity"),
                Reply.json(200, GOOD).header("Content-Encoding", ""));
        HttpUpstream upstream = open();

        for (int i = 0; i < 6; i++) {
            assertThat(reply(upstream.call("t")).success()).isTrue();
        }
    }

    @Test
    void keepsTheWholeErrorEnvelope() {
        playtcha.script(Reply.json(
                        418,
                        "{\"error\":{\"code\":\"brand_new\",\"message\":\"m\",\"request_id\":\"r\",\"docs\":[1,null]}}")
                .header("X-Other", "y"));

        Answer reply = reply(open().call("t"));

        assertThat(reply.status()).isEqualTo(418);
        assertThat(reply.error().getCode()).isEqualTo("brand_new");
        assertThat(reply.error().getMessage()).isEqualTo("m");
        assertThat(reply.error().getRequestId()).isEqualTo("r");
        assertThat(reply.error().getFields()).containsOnlyKeys("code", "message", "request_id", "docs");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{\"error\":\"string\"}", "{\"error\":null}", "{}", "<h1>403</h1>", "{\"error\":{}", "[1]"})
    void anErrorWithoutAnEnvelopeKeepsItsStatus(String body) {
        playtcha.script(Reply.json(403, body));

        Answer reply = reply(open().call("t"));

        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.error()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "[1,2]", "true", "null", "{}"})
    void aCodeThatIsNotAStringIsNoCode(String code) {
        playtcha.script(Reply.json(401, "{\"error\":{\"code\":" + code + ",\"request_id\":\"r\"}}"));

        Answer reply = reply(open().call("t"));

        assertThat(reply.error().getCode()).isNull();
        assertThat(reply.error().getRequestId()).isEqualTo("r");
    }

    @ParameterizedTest
    @CsvSource({
        "s3cret, no such secret: [secret]!",
        "success, no such secret: [secret]!",
        "such, no [secret] secret: [secret]!"
    })
    void anEchoOfAShortSecretIsTakenOutWhereItIsAWord(String secret, String message) {
        String said = "no such secret: " + secret + "!";
        playtcha.script(Reply.error(401, "bad_secret", said), Reply.json(200, "{\"success\":true}"));
        HttpUpstream upstream = open("secret", secret);

        Answer refused = reply(upstream.call("t-1"));
        assertThat(refused.error().getMessage()).isEqualTo(message);
        assertThat(refused.error().getCode()).isEqualTo("bad_secret");
        assertThat(reply(upstream.call("t-2")).reason())
                .as("names of the protocol")
                .isEqualTo(Reason.SUCCESS);
    }

    @Test
    void anEchoOfTheSecretIsTakenOutOfTheEnvelope() {
        playtcha.script(Reply.json(
                401,
                "{\"error\":{\"code\":\"bad_secret\",\"message\":\"no such secret: " + Upstreams.SECRET
                        + "\",\"more\":[\"" + Upstreams.SECRET + "\"]}}"));

        Answer reply = reply(open().call("t"));

        assertThat(reply.error().getMessage()).isEqualTo("no such secret: [secret]");
        assertThat(reply.error().getFields().toString()).doesNotContain(Upstreams.SECRET);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503, 500, 408, 401, 409})
    void nothingIsRetried(int status) {
        playtcha.always(Reply.error(status, "some_code", "m").header("Retry-After", "0"));

        assertThat(reply(open().call("t")).status()).isEqualTo(status);
        assertThat(playtcha.requestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 302, 303, 304, 307, 308})
    void noRedirectIsFollowed(int status) {
        try (PlaytchaStandIn other = PlaytchaStandIn.start()) {
            other.always(Reply.ok());
            playtcha.script(Reply.status(status).header("Location", "http://localhost:" + other.port() + "/v1/verify"));

            Answer reply = reply(open().call("t"));

            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.success()).isNull();
            assertThat(reply.location()).isEqualTo("localhost");
            assertThat(other.connectionCount()).isZero();
        }
    }

    /** A line of the head may have 16 KiB, and nothing ends what the visitor's thread computes. */
    @ParameterizedTest
    @ValueSource(strings = {"%s", "user:password@%s:80", "%s:"})
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void theHostInALongLocationIsFoundAtOnce(String authority) {
        String host = "a".repeat(16_000);
        playtcha.always(Reply.status(302).header("Location", "http://" + String.format(authority, host) + "/"));
        HttpUpstream upstream = open();

        for (int i = 0; i < 300; i++) {
            assertThat(reply(upstream.call("t")).location()).isEqualTo(host);
        }
    }

    @Test
    void noCookieIsKept() {
        playtcha.always(Reply.ok().header("Set-Cookie", "visitor=1; Path=/"));
        HttpUpstream upstream = open();
        upstream.call("t1");
        upstream.call("t2");

        assertThat(playtcha.lastRequest().orElseThrow().header("Cookie")).isEmpty();
    }

    private static Reply cutInChunks(String end) {
        return Reply.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n" + GOOD + end)
                .thenClose();
    }

    static Stream<Arguments> brokenTransports() {
        Duration gap = Duration.ofMillis(20);
        return Stream.of(
                Arguments.of(Reason.IO, Reply.resetConnection()),
                Arguments.of(Reason.IO, Reply.closeWithoutAnswer()),
                Arguments.of(Reason.IO, Reply.ok().resetConnection(20)),
                Arguments.of(Reason.IO, Reply.raw("garbage\r\n\r\n")),
                Arguments.of(
                        Reason.IO,
                        Reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + GOOD)
                                .thenClose()),
                Arguments.of(Reason.IO, cutInChunks("")),
                Arguments.of(Reason.IO, cutInChunks("\r")),
                Arguments.of(Reason.IO, cutInChunks("\r\n")),
                Arguments.of(Reason.IO, cutInChunks("\r\n0")),
                Arguments.of(Reason.IO, cutInChunks("\r\n0;last")),
                Arguments.of(Reason.IO, cutInChunks("\r\n0\r")),
                Arguments.of(Reason.IO, cutInChunks("\r\n0\r\n")),
                Arguments.of(Reason.IO, cutInChunks("\r\n0\r\nX-Trailer: y")),
                Arguments.of(Reason.IO, cutInChunks("\r\n0\r\nX-Trailer: y\r\n")),
                Arguments.of(Reason.IO, cutInChunks("\r\n0\r\nX-Trailer: y\r\n\r")),
                Arguments.of(
                        Reason.IO, Reply.raw("HTTP/1.1 200 OK\r\n" + "X-Bomb: 1\r\n".repeat(5_000) + "\r\n" + GOOD)),
                Arguments.of(
                        Reason.IO,
                        Reply.raw("HTTP/1.1 200 OK\r\n" + ("X-Bomb: " + "x".repeat(8_000) + "\r\n").repeat(9)
                                + "Content-Length: " + GOOD.length() + "\r\n\r\n" + GOOD)),
                Arguments.of(
                        Reason.IO,
                        Reply.raw("HTTP/1.1 102 Wait\r\n\r\n".repeat(4_000) + "HTTP/1.1 200 OK\r\nContent-Length: "
                                + GOOD.length() + "\r\n\r\n" + GOOD)),
                Arguments.of(
                        Reason.IO,
                        cutInChunks("\r\n0\r\n" + ("X-Bomb: " + "x".repeat(8_000) + "\r\n").repeat(99) + "\r\n")),
                Arguments.of(Reason.TIMEOUT, Reply.hang()),
                Arguments.of(Reason.TIMEOUT, Reply.ok().delay(Duration.ofMinutes(1))),
                Arguments.of(Reason.TIMEOUT, Reply.ok().dripHeaders(Duration.ofMillis(100))),
                Arguments.of(
                        Reason.TIMEOUT, Reply.json(200, GOOD + " ".repeat(500)).dripBody(gap)),
                Arguments.of(Reason.TIMEOUT, Reply.ok().interim(102, gap).delay(Duration.ofMinutes(1))));
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @MethodSource("brokenTransports")
    void aBrokenTransportIsNoAnswerAndTheNextVisitorGetsTheirs(Reason reason, Reply reply) {
        playtcha.script(reply);
        HttpUpstream upstream = open("timeout", reason == Reason.TIMEOUT ? "3s" : "10s");

        Answer failure = failure(upstream.call("t"));

        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.sent()).isTrue();
        assertThat(playtcha.requestCount()).isEqualTo(1);
        assertThat(reply(upstream.call("ok-after")).success()).isTrue();
    }

    @Test
    void aRefusalWhoseExplanationIsCutOffStaysARefusal() {
        playtcha.script(
                Reply.error(401, "token_invalid", "m").dripBody(Duration.ofMillis(200)),
                Reply.raw("HTTP/1.1 409 Conflict\r\nContent-Length: 99\r\n\r\n{")
                        .thenClose(),
                Reply.raw("HTTP/1.1 500 Oops\r\nContent-Length: 99\r\n\r\n{").thenClose(),
                Reply.raw("HTTP/1.1 429 Slow Down\r\nRetry-After: 7\r\nContent-Length: 99\r\n\r\n{")
                        .thenClose());
        HttpUpstream upstream = open("timeout", "3s");

        assertThat(reply(upstream.call("t")).status()).isEqualTo(401);
        assertThat(reply(upstream.call("t")).status()).isEqualTo(409);
        assertThat(reply(upstream.call("t")).status()).isEqualTo(500);
        assertThat(reply(upstream.call("t")).retryAfter()).isEqualTo(Duration.ofSeconds(7));
    }

    /** The status line alone denies, whatever becomes of the rest. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 409 Conflict\r\nContent-Length: abc\r\n\r\n",
                "HTTP/1.1 409 Conflict\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                "HTTP/1.1 409 Conflict\r\nNo colon here\r\n\r\n",
                "HTTP/1.1 409 Conflict\r\nContent-Le",
                "HTTP/1.1 409 Conflict\r\n"
            })
    void aRefusalWithAFaultyHeadStaysARefusal(String head) {
        playtcha.script(Reply.raw(head).thenClose());

        assertThat(reply(open().call("t")).status()).isEqualTo(409);
    }

    @Test
    void aRefusalThatStopsBehindItsStatusLineStaysARefusal() {
        playtcha.script(Reply.raw("HTTP/1.1 409 Conflict\r\n").thenCloseAfter(Duration.ofMinutes(1)));

        assertThat(reply(open("timeout", "3s").call("t")).status()).isEqualTo(409);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n",
                "HTTP/1.1 200 OK\r\n%s\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n",
                "HTTP/1.1 %s\r\n\r\n",
                "%s 200 OK\r\n\r\n"
            })
    void anEchoOfTheRequestInAFaultyAnswerIsNotRepeated(String answer) {
        playtcha.onRequest(
                request -> Reply.raw(String.format(answer, request.body())).thenClose());

        assertThat(open().call("t").toString()).doesNotContain(Upstreams.SECRET, Upstreams.SECRET.substring(0, 9));
    }

    @Test
    void nobodyListening() {
        playtcha.refuse();

        Answer failure = failure(open().call("t"));

        assertThat(failure.reason()).isEqualTo(Reason.CONNECT);
        assertThat(failure.sent()).isFalse();
    }

    @Test
    void aNameThatDoesNotExist() {
        HttpUpstream upstream = Upstreams.open(URI.create("https://playtcha.invalid"));
        opened.add(upstream);

        assertThat(failure(upstream.call("t")).reason()).isEqualTo(Reason.DNS);
    }

    static Answer reply(CallResult result) {
        assertThat(result.status()).as("%s", result).isPositive();
        return new Answer(result);
    }

    static Answer failure(CallResult result) {
        assertThat(result.status()).as("%s", result).isZero();
        return new Answer(result);
    }

    /** What a result says, by the names of the wire. */
    record Answer(CallResult result) {
        int status() {
            return result.status();
        }

        /** Null where the reply is no answer. */
        Boolean success() {
            return (Boolean) fields().get("success");
        }

        boolean degraded() {
            return result.isDegraded();
        }

        Map<String, Object> fields() {
            return result.fields();
        }

        UpstreamError error() {
            return result.error();
        }

        Reason reason() {
            return result.reason();
        }

        Duration retryAfter() {
            return result.retryAfter();
        }

        boolean sent() {
            return result.sent();
        }

        String location() {
            return result.detail();
        }

        String detail() {
            return result.detail();
        }
    }

    @Test
    void theProjectIsTheSameForTheSameBaseUrlAndSecretOnly() {
        Project here = open().project();

        assertThat(open("timeout", "5s").project().isSameAs(here)).isTrue();
        assertThat(open("secret", "another-secret").project().isSameAs(here)).isFalse();
        assertThat(here.toString()).doesNotContain(Upstreams.SECRET);
    }
}
