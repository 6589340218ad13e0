package com.playtcha.jakarta.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The forward proxy: tunnels, forwarded requests, refusals. */
class StandInProxyTest {
    private static TestTls tls;

    private final StandInProxy proxy = StandInProxy.start();
    private final PlaytchaStandIn plain = PlaytchaStandIn.start();

    @BeforeAll
    static void makeCertificate() throws Exception {
        tls = TestTls.create("127.0.0.1", "api.playtcha.test");
    }

    @AfterEach
    void stop() {
        proxy.close();
        plain.close();
    }

    @Test
    void tunnelsHttpsAndCountsConnects() throws Exception {
        try (PlaytchaStandIn playtcha =
                PlaytchaStandIn.builder().sslContext(tls.serverContext()).start()) {
            HttpClient client = client();
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(request(playtcha.baseUrl() + "/v1/verify", "ok-" + i), asText())
                                .statusCode())
                        .isEqualTo(200);
            }
            assertThat(playtcha.connectionCount()).isEqualTo(1);
            assertThat(proxy.connectCount()).isEqualTo(1);
            assertThat(proxy.forwardCount()).isZero();
            assertThat(proxy.requests())
                    .containsExactly(new StandInProxy.Received("CONNECT", "127.0.0.1:" + playtcha.port(), null));
        }
    }

    @Test
    void leadsANameToThePortItIsTold() throws Exception {
        try (PlaytchaStandIn playtcha =
                PlaytchaStandIn.builder().sslContext(tls.serverContext()).start()) {
            proxy.route("api.playtcha.test:443", playtcha.port());
            assertThat(client().send(request("https://api.playtcha.test/v1/verify", "ok-1"), asText())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aTunnelEndsWhenEitherSideDoes() throws IOException {
        try (RawClient client = new RawClient(proxy.port())) {
            client.send(connect(plain.port()));
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 200 Connection established\r\n\r\n");
            assertThat(client.send(RawClient.verify("ok-1")).readAnswer()).startsWith("HTTP/1.1 200 OK\r\n");
            plain.refuse();
            assertThat(client.endedOrReset()).isTrue();
            plain.accept();
        }
        try (RawClient client = new RawClient(proxy.port())) {
            client.send(connect(plain.port())).readHead();
            client.send(RawClient.verify("hang"));
            plain.awaitRequests(2, Duration.ofSeconds(10));
        }
        await().until(() -> plain.openConnections() == 0 && proxy.openConnections() == 0);
    }

    @Test
    void aScriptedReplyAnswersConnectAndLeavesTheConnectionUsable() throws IOException {
        proxy.replyToConnect(Reply.error(429, "slow_down", "from the proxy").header("Retry-After", "60"));
        try (RawClient client = new RawClient(proxy.port())) {
            assertThat(client.send(connect(plain.port())).readAnswer()).startsWith("HTTP/1.1 429 ");
            proxy.replyToConnect(null);
            assertThat(client.send(connect(plain.port())).readAnswer()).startsWith("HTTP/1.1 200 ");
            assertThat(client.send(RawClient.verify("ok-1")).readAnswer()).contains("\"success\":true");
        }
        assertThat(proxy.connectCount()).isEqualTo(2);
    }

    @Test
    void aProxyThatHangsSeesItsClientLeave() throws IOException {
        proxy.replyToConnect(Reply.hang());
        try (RawClient client = new RawClient(proxy.port())) {
            client.send(connect(plain.port()));
            await().until(() -> proxy.connectCount() == 1);
        }
        await().until(() -> proxy.openConnections() == 0);
        assertThat(plain.connectionCount()).isZero();
    }

    @Test
    void asksForCredentialsWhereTheyAreRequired() throws IOException {
        proxy.requireCredentials("user", "pass:wörd");
        try (RawClient client = new RawClient(proxy.port())) {
            assertThat(client.send(connect(plain.port())).readAnswer())
                    .startsWith("HTTP/1.1 407 ")
                    .contains("Proxy-Authenticate: Basic ");
            String authorized = connect(plain.port())
                    .replace("\r\n\r\n", "\r\nProxy-Authorization: Basic dXNlcjpwYXNzOnfDtnJk\r\n\r\n");
            assertThat(client.send(authorized).readAnswer()).startsWith("HTTP/1.1 200 ");
        }
        assertThat(proxy.requests())
                .extracting(StandInProxy.Received::authorization)
                .containsExactly(null, "Basic dXNlcjpwYXNzOnfDtnJk");
    }

    @Test
    void forwardsPlainRequests() throws Exception {
        String url = plain.baseUrl() + "/v1/verify";
        assertThat(client().send(request(url, "ok-1"), asText()).body()).contains("\"success\":true");
        assertThat(plain.lastRequest().orElseThrow().target()).isEqualTo("/v1/verify");
        assertThat(plain.lastRequest().orElseThrow().header("Via")).isPresent();
        assertThat(proxy.forwardCount()).isEqualTo(1);
        assertThat(proxy.requests()).containsExactly(new StandInProxy.Received("POST", url, null));
    }

    @Test
    void reachesNothingButTheLoopbackAddress() throws IOException {
        try (RawClient client = new RawClient(proxy.port())) {
            client.send("CONNECT playtcha.example:443 HTTP/1.1\r\nHost: playtcha.example:443\r\n\r\n");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 502 ");
            client.send("GET http://192.0.2.1/ HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 502 ");
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void saysThatNobodyListens() throws IOException {
        plain.refuse();
        try (RawClient client = new RawClient(proxy.port())) {
            assertThat(client.send(connect(plain.port())).readAnswer()).startsWith("HTTP/1.1 502 ");
        }
    }

    @Test
    void refusesAndAcceptsAgain() throws IOException {
        proxy.refuse();
        assertThatIOException().isThrownBy(() -> new RawClient(proxy.port()).close());
        proxy.accept();
        try (RawClient client = new RawClient(proxy.port())) {
            assertThat(client.send(connect(plain.port())).readAnswer()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void closingEndsTunnels() throws IOException {
        try (RawClient client = new RawClient(proxy.port())) {
            client.send(connect(plain.port())).readHead();
            client.send(RawClient.verify("hang"));
            plain.awaitRequests(1, Duration.ofSeconds(10));
            proxy.close();
            assertThat(client.endedOrReset()).isTrue();
            assertThat(proxy.uri()).hasPort(proxy.port());
        }
        await().until(() -> plain.openConnections() == 0);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("standin-proxy"));
    }

    private static String connect(int port) {
        return "CONNECT 127.0.0.1:" + port + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n";
    }

    private HttpClient client() throws Exception {
        return HttpClient.newBuilder()
                .proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", proxy.port())))
                .sslContext(tls.trustingContext())
                .build();
    }

    private static HttpResponse.BodyHandler<String> asText() {
        return HttpResponse.BodyHandlers.ofString();
    }

    private static HttpRequest request(String url, String token) {
        return HttpRequest.newBuilder(URI.create(url))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"secret\":\"test-secret\",\"token\":\"" + token + "\"}"))
                .build();
    }
}
