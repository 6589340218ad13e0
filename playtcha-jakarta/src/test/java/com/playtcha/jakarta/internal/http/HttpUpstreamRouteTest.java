package com.playtcha.jakarta.internal.http;

import static com.playtcha.jakarta.internal.http.HttpUpstreamTest.failure;
import static com.playtcha.jakarta.internal.http.HttpUpstreamTest.reply;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import com.playtcha.jakarta.testkit.StandInProxy;
import com.playtcha.jakarta.testkit.TestTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS, proxies and wire logs (contract, sections 1 and 2). */
class HttpUpstreamRouteTest {
    private static SSLContext before;
    private static TestTls tls;
    private static PlaytchaStandIn secure;

    private final StandInProxy proxy = StandInProxy.start();
    private final List<HttpUpstream> opened = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        before = SSLContext.getDefault();
        tls = TestTls.create("localhost");
        SSLContext.setDefault(tls.trustingContext());
        secure = PlaytchaStandIn.builder()
                .secret(Upstreams.SECRET)
                .sslContext(tls.serverContext())
                .start();
    }

    @AfterAll
    static void stop() {
        SSLContext.setDefault(before);
        secure.close();
    }

    @AfterEach
    void close() {
        opened.forEach(HttpUpstream::close);
        proxy.close();
        secure.reset();
    }

    private HttpUpstream open(String baseUrl, String... keysAndValues) {
        HttpUpstream upstream = Upstreams.open(URI.create(baseUrl), keysAndValues);
        opened.add(upstream);
        return upstream;
    }

    private static String secureUrl() {
        return "https://localhost:" + secure.port();
    }

    @Test
    void verifiesOverTlsAndKeepsTheConnection() {
        HttpUpstream upstream = open(secureUrl());
        for (int i = 0; i < 100; i++) {
            assertThat(reply(upstream.call("ok-" + i)).success()).isTrue();
        }
        assertThat(secure.connectionCount()).isLessThan(50);
    }

    @Test
    void surplusBytesOverTlsNeverAnswerTheNextVisitor() {
        String good = "{\"success\":true}";
        String stray = "HTTP/1.1 200 OK\r\nContent-Length: " + good.length() + "\r\n\r\n" + good;
        for (int i = 0; i < 20; i++) {
            HttpUpstream upstream = open(secureUrl());
            secure.script(Reply.successFalse().thenExtraBytes(stray), Reply.error(401, "token_invalid", "m"));
            upstream.call("t1");
            assertThat(reply(upstream.call("t2")).status()).as("round %s", i).isEqualTo(401);
        }
    }

    @Test
    void aTlsConnectionThatTheServerClosedCostsNobodyTheirAnswer() throws Exception {
        try (ServerSocket server = tls.serverContext()
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            HttpUpstreamConnectionsTest.callAfterTheServerCloses(
                    server, URI.create("https://localhost:" + server.getLocalPort()));
        }
    }

    @Test
    void aCertificateForAnotherNameIsRefusedBeforeTheSecretIsSent() {
        assertThat(failure(open("https://127.0.0.1:" + secure.port()).call("ok-1")))
                .satisfies(failure -> assertThat(failure.reason()).isEqualTo(Reason.TLS))
                .satisfies(failure -> assertThat(failure.sent()).isFalse());
        assertThat(secure.requestCount()).isZero();
    }

    @Test
    void anUntrustedCertificateIsRefusedBeforeTheSecretIsSent() throws Exception {
        try (PlaytchaStandIn stranger = PlaytchaStandIn.builder()
                .sslContext(TestTls.create("localhost").serverContext())
                .start()) {
            assertThat(failure(open("https://localhost:" + stranger.port()).call("ok-1"))
                            .reason())
                    .isEqualTo(Reason.TLS);
            assertThat(stranger.requestCount()).isZero();
        }
    }

    @Test
    void aTlsHandshakeThatNeverEndsEndsAtTheDeadline() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            assertThat(failure(open("https://127.0.0.1:" + silent.getLocalPort(), "timeout", "1s")
                            .call("t")))
                    .satisfies(failure -> assertThat(failure.reason()).isEqualTo(Reason.TIMEOUT))
                    .satisfies(failure -> assertThat(failure.sent()).isFalse());
        }
    }

    @Test
    void httpsGoesThroughAProxyByATunnelWithTheCredentialsForTheProxyOnly() {
        proxy.requireCredentials("us er", "p@ss:word");
        HttpUpstream upstream = open(secureUrl(), "proxy", "http://us%20er:p%40ss%3Aword@127.0.0.1:" + proxy.port());
        for (int i = 0; i < 20; i++) {
            assertThat(reply(upstream.call("ok-" + i)).success()).isTrue();
        }
        // Some may be closed in between on a busy machine; none is for one request only.
        assertThat(proxy.connectCount()).isLessThan(20);
        assertThat(proxy.forwardCount()).isZero();
        assertThat(proxy.requests().get(0).target()).isEqualTo("localhost:" + secure.port());
        assertThat(secure.lastRequest().orElseThrow().header("Proxy-Authorization"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {407, 403, 429, 502, 302, 500})
    void whatAProxySaysToConnectIsNeverPlaytchasAnswer(int status) {
        proxy.replyToConnect(Reply.error(status, "token_invalid", "m").header("Retry-After", "99"));
        HttpUpstream upstream = open(secureUrl(), "proxy", proxy.uri().toString());

        assertThat(failure(upstream.call("ok-1")))
                .satisfies(failure -> assertThat(failure.reason()).isEqualTo(Reason.PROXY))
                .satisfies(failure -> assertThat(failure.detail()).contains(Integer.toString(status)))
                .satisfies(failure -> assertThat(failure.sent()).isFalse());
        proxy.replyToConnect(null);
        assertThat(reply(upstream.call("ok-2")).success()).isTrue();
    }

    /** Whoever sits on the way to the proxy could otherwise forge every verdict, in spite of TLS. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
            })
    void whatFollowsAProxysAnswerToConnectIsNeverPlaytchasAnswer(String answer) throws Exception {
        String forged = "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"success\":true}";
        secure.always(Reply.error(409, "already_redeemed", "m"));
        try (ServerSocket evil = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread serving = new Thread(() -> forgeAndTunnel(evil, answer + forged));
            serving.setDaemon(true);
            serving.start();
            HttpUpstream upstream = open(secureUrl(), "proxy", "http://127.0.0.1:" + evil.getLocalPort());

            assertThat(failure(upstream.call("t")).reason()).isEqualTo(Reason.PROXY);
        }
    }

    private static void forgeAndTunnel(ServerSocket evil, String answer) {
        try (Socket visitor = evil.accept();
                Socket target = new Socket(InetAddress.getLoopbackAddress(), secure.port())) {
            byte[] buffer = new byte[8192];
            int request = visitor.getInputStream().read(buffer);
            visitor.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            Thread back = new Thread(() -> copy(target, visitor));
            back.setDaemon(true);
            back.start();
            if (request > 0) {
                copy(visitor, target);
            }
        } catch (IOException e) {
            // The client has hung up, as it should.
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // One side has hung up.
        }
    }

    /** No proxy can write into a tunnel, so its status for "authentication required" is Playtcha's there. */
    @Test
    void a407WithinATunnelIsPlaytchas() {
        secure.script(Reply.error(407, "odd", "m"));

        assertThat(reply(open(secureUrl(), "proxy", proxy.uri().toString()).call("t"))
                        .status())
                .isEqualTo(407);
    }

    @Test
    void aProxyThatIsDownIsAConnectFailure() {
        proxy.refuse();

        assertThat(failure(open(secureUrl(), "proxy", proxy.uri().toString()).call("ok-1"))
                        .reason())
                .isEqualTo(Reason.CONNECT);
    }

    @Test
    void plainHttpGoesThroughAProxyOnlyByTheSetting() {
        try (PlaytchaStandIn plain =
                PlaytchaStandIn.builder().secret(Upstreams.SECRET).start()) {
            System.setProperty("http.proxyHost", "127.0.0.1");
            System.setProperty("http.proxyPort", Integer.toString(proxy.port()));
            System.setProperty("http.nonProxyHosts", "");
            try {
                assertThat(reply(open(plain.baseUrl().toString()).call("ok-1")).success())
                        .isTrue();
                assertThat(proxy.connectionCount()).isZero();
            } finally {
                System.clearProperty("http.proxyHost");
                System.clearProperty("http.proxyPort");
                System.clearProperty("http.nonProxyHosts");
            }
            HttpUpstream set = open(
                    plain.baseUrl().toString(), "proxy", proxy.uri().toString().replace("//", "//u:p@"));
            assertThat(reply(set.call("ok-2")).success()).isTrue();
            assertThat(proxy.forwardCount()).isEqualTo(1);

            proxy.requireCredentials("u", "another");
            assertThat(failure(set.call("ok-3")).reason()).isEqualTo(Reason.PROXY);
        }
    }

    @ParameterizedTest(name = "https.proxyHost, nonProxyHosts={0}, proxy={1}: through it is {2}")
    @CsvSource({"'', , true", "localhost, , false", "'', off, false"})
    void thePlatformsProxyForHttpsIsHonoured(String nonProxyHosts, String setting, boolean through) {
        System.setProperty("https.proxyHost", "127.0.0.1");
        System.setProperty("https.proxyPort", Integer.toString(proxy.port()));
        System.setProperty("http.nonProxyHosts", nonProxyHosts);
        try {
            HttpUpstream upstream = setting == null ? open(secureUrl()) : open(secureUrl(), "proxy", setting);
            assertThat(reply(upstream.call("ok-1")).success()).isTrue();
            assertThat(proxy.connectCount()).isEqualTo(through ? 1 : 0);
        } finally {
            System.clearProperty("https.proxyHost");
            System.clearProperty("https.proxyPort");
            System.clearProperty("http.nonProxyHosts");
        }
    }

    @ParameterizedTest(name = "proxy={1} for {0}: {2} warnings")
    @CsvSource({"https, , 1", "http, , 1", "https, off, 0", "https, http://127.0.0.1:9, 0"})
    void aSocksProxyOfThePlatformIsNotIgnoredWithoutAWord(String scheme, String setting, int warnings) {
        System.setProperty("socksProxyHost", "socks.example");
        try (CapturedLog log = new CapturedLog(Target.class.getName(), Level.WARN)) {
            URI baseUrl = URI.create(scheme + "://playtcha.example");
            GuardSettings settings = TestSettings.guard(Map.of(
                    "secret",
                    Upstreams.SECRET,
                    "base-url",
                    baseUrl.toString(),
                    "allow-http",
                    "true",
                    "proxy",
                    setting == null ? "" : setting));

            assertThat(Target.of(settings).isProxied()).isEqualTo(setting != null && setting.startsWith("http"));
            assertThat(log.lines())
                    .hasSize(warnings)
                    .allSatisfy(line -> assertThat(line)
                            .contains(
                                    "SOCKS proxy",
                                    "socks.example",
                                    "playtcha.example",
                                    "without a proxy",
                                    "set proxy to"));
        } finally {
            System.clearProperty("socksProxyHost");
        }
    }

    @Test
    void theTextOfATargetShowsNoCredentials() {
        GuardSettings settings = TestSettings.guard(Map.of(
                "secret",
                Upstreams.SECRET,
                "base-url",
                secureUrl(),
                "proxy",
                "http://user:hunter2hunter2@127.0.0.1:1"));

        assertThat(Target.of(settings).toString())
                .contains("/v1/verify", "127.0.0.1:1")
                .doesNotContain("hunter2", "dXNlcjpodW50ZXI", Upstreams.SECRET);
    }

    @Test
    void noLogAtAnyLevelShowsTheSecretTheWholeTokenOrTheProxysPassword() {
        try (PlaytchaStandIn plain =
                        PlaytchaStandIn.builder().secret(Upstreams.SECRET).start();
                CapturedLog log = new CapturedLog("ROOT", Level.TRACE)) {
            String withPassword = proxy.uri().toString().replace("//", "//user:hunter2hunter2@");
            open(plain.baseUrl().toString()).call("ok-token-0123456789");
            open(plain.baseUrl().toString(), "proxy", withPassword).call("ok-token-0123456789");
            open(secureUrl(), "proxy", withPassword).call("ok-token-0123456789");
            plain.always(Reply.resetConnection());
            open(plain.baseUrl().toString()).call("ok-token-0123456789");

            assertThat(log.everything())
                    .as("the client's own logging is on")
                    .contains("org.apache.hc")
                    .doesNotContain(Upstreams.SECRET, "ok-token-0123456789", "hunter2", "dXNlcjpodW50ZXI");
        }
    }
}
