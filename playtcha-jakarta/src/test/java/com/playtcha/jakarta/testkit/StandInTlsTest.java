package com.playtcha.jakarta.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The stand-in over HTTPS. */
class StandInTlsTest {
    private static TestTls tls;

    private PlaytchaStandIn playtcha;
    private HttpClient client;

    @BeforeAll
    static void makeCertificate() throws Exception {
        tls = TestTls.create("127.0.0.1", "localhost");
    }

    @BeforeEach
    void start() throws Exception {
        playtcha = PlaytchaStandIn.builder().sslContext(tls.serverContext()).start();
        client = HttpClient.newBuilder().sslContext(tls.trustingContext()).build();
    }

    @AfterEach
    void stop() {
        playtcha.close();
    }

    @Test
    void answersOverTlsOnOneConnection() throws Exception {
        assertThat(playtcha.baseUrl()).hasScheme("https");
        assertThat(call(client, playtcha.baseUrl(), "ok-1").body()).contains("\"success\":true");
        assertThat(call(client, playtcha.baseUrl(), "expired-1").statusCode()).isEqualTo(410);
        assertThat(call(client, URI.create("https://localhost:" + playtcha.port()), "ok-2")
                        .statusCode())
                .isEqualTo(200);
        assertThat(playtcha.requests()).extracting(ReceivedRequest::connection).containsExactly(1, 1, 2);
    }

    @Test
    void aClientThatDoesNotTrustItSendsNothing() {
        HttpClient distrusting = HttpClient.newHttpClient();
        assertThatExceptionOfType(SSLHandshakeException.class)
                .isThrownBy(() -> call(distrusting, playtcha.baseUrl(), "ok-1"));
        assertThat(playtcha.requestCount()).isZero();
        assertThat(playtcha.malformedCount()).isZero();
    }

    @Test
    void faultsWorkOverTlsToo() throws Exception {
        playtcha.script(
                Reply.resetConnection(),
                Reply.ok().truncateAfter(20),
                Reply.ok().dripBody(Duration.ofMillis(1)),
                Reply.ok().thenClose());
        assertThatIOException().isThrownBy(() -> call(client, playtcha.baseUrl(), "ok-1"));
        assertThatIOException().isThrownBy(() -> call(client, playtcha.baseUrl(), "ok-1"));
        assertThat(call(client, playtcha.baseUrl(), "ok-1").statusCode()).isEqualTo(200);
        assertThat(call(client, playtcha.baseUrl(), "ok-1").statusCode()).isEqualTo(200);
    }

    @Test
    void aClientThatGivesUpIsNoticed() {
        assertThatExceptionOfType(HttpTimeoutException.class)
                .isThrownBy(() -> client.send(
                        request(playtcha.baseUrl(), "hang")
                                .timeout(Duration.ofMillis(300))
                                .build(),
                        HttpResponse.BodyHandlers.ofString()));
        await().until(() -> playtcha.inFlight() == 0 && playtcha.openConnections() == 0);
    }

    @Test
    void aClientThatNeverSaysHelloIsClosedWithTheRest() throws IOException {
        try (RawClient silent = new RawClient(playtcha.port())) {
            await().until(() -> playtcha.openConnections() == 1);
            playtcha.close();
            assertThat(silent.endedOrReset()).isTrue();
        }
    }

    private static HttpResponse<String> call(HttpClient with, URI baseUrl, String token) throws Exception {
        return with.send(request(baseUrl, token).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(URI baseUrl, String token) {
        return HttpRequest.newBuilder(baseUrl.resolve("/v1/verify"))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"secret\":\"test-secret\",\"token\":\"" + token + "\"}"));
    }
}
