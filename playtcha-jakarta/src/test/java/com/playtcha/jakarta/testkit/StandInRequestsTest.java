package com.playtcha.jakarta.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the stand-in reads, refuses and remembers. */
class StandInRequestsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T08:09:10Z");

    private final PlaytchaStandIn playtcha =
            PlaytchaStandIn.builder().clock(Clock.fixed(NOW, ZoneOffset.UTC)).start();

    @AfterEach
    void stop() {
        playtcha.close();
    }

    @Test
    void remembersWhatItReceived() throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            String body = "{ \"token\" : \"ok-\\u0041\\\"\\\\\\/\\n\", \"secret\": \"test-secret\" }";
            client.send("POST /v1/verify HTTP/1.1\r\nHost: h\r\ncontent-type: application/json; charset=UTF-8\r\n"
                    + "X-Twice: a\r\nx-twice:  b \r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            assertThat(client.readAnswer())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("Date: Sun, 01 Mar 2026 08:09:10 GMT\r\n");
        }
        ReceivedRequest request = playtcha.lastRequest().orElseThrow();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.target()).isEqualTo("/v1/verify");
        assertThat(request.token()).isEqualTo("ok-A\"\\/\n");
        assertThat(request.secret()).isEqualTo("test-secret");
        assertThat(request.body()).startsWith("{ \"token\" : ");
        assertThat(request.headers().get("X-TWICE")).containsExactly("a", "b");
        assertThat(request.header("CONTENT-TYPE")).hasValue("application/json; charset=UTF-8");
        assertThat(request.header("absent")).isEmpty();
        assertThat(request.connection()).isEqualTo(1);
        assertThat(request.when()).isEqualTo(NOW);
        assertThat(request.toString()).doesNotContain("test-secret");
    }

    /** A test that has waited for a request asserts its answer. */
    @Test
    void theAnswerToARequestIsKnownAsSoonAsTheRequestIs() throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            for (int i = 0; i < 2_000; i++) {
                client.send(RawClient.verify("invalid-" + i));
                while (playtcha.requestCount() == 0) {
                    Thread.yield();
                }
                assertThat(playtcha.lastRequest().orElseThrow().status()).hasValue(401);
                client.readAnswer();
                playtcha.reset();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/verify/, application/json, 404",
        "POST, /v1/verify?secret=x, application/json, 404",
        "POST, /v2/verify, application/json, 404",
        "GET, /v1/verify, application/json, 405",
        "PUT, /v1/verify, application/json, 405",
        "POST, /v1/verify, text/plain, 415",
        "POST, /v1/verify, application/json; charset=ISO-8859-1, 415",
        "POST, /v1/verify, application/x-www-form-urlencoded, 415",
        "CONNECT, here:443, application/json, 404",
    })
    void whatIsNoVerifyRequestIsRefusedAndCountedApart(String method, String target, String type, int status)
            throws IOException {
        playtcha.always(Reply.ok());
        try (RawClient client = new RawClient(playtcha.port())) {
            String body = "{\"secret\":\"test-secret\",\"token\":\"ok-1\"}";
            client.send(method + " " + target + " HTTP/1.1\r\nHost: h\r\nContent-Type: " + type + "\r\nContent-Length: "
                    + body.length() + "\r\n\r\n" + body);
            assertThat(client.readAnswer())
                    .startsWith("HTTP/1.1 " + status + " ")
                    .contains("{\"error\":{\"code\":\"");
            assertThat(client.send(RawClient.verify("ok-1")).readAnswer()).startsWith("HTTP/1.1 200 ");
        }
        assertThat(playtcha.malformedCount()).isEqualTo(1);
        assertThat(playtcha.malformed()).singleElement().asString().contains(method, Integer.toString(status));
        assertThat(playtcha.requestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"secret\":\"test-secret\"}",
                "{\"token\":\"ok-1\"}",
                "{\"secret\":\"test-secret\",\"token\":1}",
                "{\"secret\":\"test-secret\",\"token\":null}",
                "{\"secret\":\"test-secret\",\"token\":\"ok-1\",\"ip\":\"::1\"}",
                "{\"secret\":\"test-secret\",\"token\":\"ok-1\",\"token\":\"ok-2\"}",
                "{\"secret\":\"test-secret\",\"token\":\"ok-1\"} x",
                "{\"secret\":\"test-secret\",\"token\":\"ok-1\",}",
                "{\"secret\":\"test-secret\",\"token\":\"ok-1\"",
                "{\"secret\":\"test-secret\",\"token\":\"ok-\\x\"}",
                "{\"secret\":\"test-secret\",\"token\":\"ok-\\u12\"}",
                "{\"secret\":\"test-secret\",\"token\":\"ok-\n\"}",
            })
    void aBodyOtherThanSecretAndTokenIsRefused(String body) throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(client.send(RawClient.post("/v1/verify", body)).readAnswer())
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .contains("\"code\":\"bad_request\"");
        }
        assertThat(playtcha.malformedCount()).isEqualTo(1);
        assertThat(playtcha.requestCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "'GARBAGE\r\n\r\n', 400",
        "'POST /v1/verify HTTP/1.1\n\n', 400",
        "'POST /v1/verify HTTP/2.0\r\nHost: h\r\n\r\n', 505",
        "'POST /v1/verify HTTP/1.1\r\n\r\n', 400",
        "'POST /v1/verify HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400",
        "'POST /v1/verify HTTP/1.1\r\nHost : a\r\n\r\n', 400",
        "'POST /v1/verify HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n', 400",
        "'POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n', 400",
        "'POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400",
        "'POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400",
        "'POST /v1/verify HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n', 501",
        "'POST /v1/verify HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 400",
        "'POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n', 413",
        "'POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n', 413",
    })
    void whatIsNotHttpIsAnsweredOnceAndTheConnectionClosed(String text, int status) throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            String all = client.send(text).endOutput().readToEnd();
            assertThat(all).startsWith("HTTP/1.1 " + status + " ").containsOnlyOnce("HTTP/1.1 ");
        }
        assertThat(playtcha.malformedCount()).isEqualTo(1);
    }

    @Test
    void anEndlessHeadIsCutOff() throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            client.send("POST /v1/verify HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(RequestReader.MAX_LINE) + "\r\n");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 431 ");
        }
    }

    @Test
    void tooManyHeadersAreRefused() throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            client.send(
                    "POST /v1/verify HTTP/1.1\r\nHost: a\r\n" + "X: x\r\n".repeat(RequestReader.MAX_HEADERS) + "\r\n");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 431 ");
        }
    }

    @Test
    void keepsTheConnectionAndAnswersPipelinedRequestsInOrder() throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            client.send(RawClient.verify("ok-1") + RawClient.verify("invalid-2") + RawClient.verify("expired-3"));
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 401 ");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 410 ");
        }
        assertThat(playtcha.connectionCount()).isEqualTo(1);
        assertThat(playtcha.requests())
                .extracting(ReceivedRequest::token)
                .containsExactly("ok-1", "invalid-2", "expired-3");
    }

    @Test
    void aClientThatEndsItsSideStillGetsItsAnswer() throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(client.send(RawClient.verify("ok-1")).endOutput().readToEnd())
                    .endsWith("{\"success\":true,\"degraded\":false}");
        }
    }

    @ParameterizedTest
    @CsvSource({"HTTP/1.1, 'Connection: close\r\n'", "HTTP/1.0, ''"})
    void closesWhereTheClientAsksForIt(String version, String header) throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            String request = RawClient.verify("ok-1").replaceFirst("HTTP/1.1\r\n", version + "\r\n" + header);
            assertThat(client.send(request).readToEnd())
                    .contains("\r\nConnection: close\r\n")
                    .endsWith("}");
        }
    }

    @Test
    void readsAChunkedBody() throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            client.send("POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n"
                    + "A\r\n{\"secret\":\r\n1d;x=y\r\n\"test-secret\",\"token\":\"ok-1\"}\r\n0\r\nT: t\r\n\r\n");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void letsAClientContinueThatAsksFirst() throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            String[] parts = RawClient.verify("ok-1").split("\r\n\r\n", 2);
            client.send(parts[0] + "\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(client.send(parts[1]).readAnswer()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void showsAPersonTheTokens() throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").readAnswer())
                    .contains("Content-Type: text/plain")
                    .contains(playtcha.baseUrl() + "/v1/verify", "ok-degraded", "rate-limited", "hang");
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
        }
        assertThat(playtcha.requestCount() + playtcha.malformedCount()).isZero();
    }

    @Test
    void canStandBelowAPath() throws IOException {
        try (PlaytchaStandIn below =
                        PlaytchaStandIn.builder().pathPrefix("/gateway/p").start();
                RawClient client = new RawClient(below.port())) {
            assertThat(below.baseUrl()).hasPath("/gateway/p").hasPort(below.port());
            assertThat(client.send(RawClient.verify("ok-1")).readAnswer()).startsWith("HTTP/1.1 404 ");
            String request = RawClient.verify("ok-1").replace("/v1/verify", "/gateway/p/v1/verify");
            assertThat(client.send(request).readAnswer()).startsWith("HTTP/1.1 200 ");
        }
    }
}
