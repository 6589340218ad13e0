package com.playtcha.jakarta.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.config.GuardSettings.ProxySetting;
import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.http.TaskResponse.Kind;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.testkit.Reply;
import com.playtcha.jakarta.testkit.ResultServiceStandIn;
import com.playtcha.jakarta.testkit.StandInProxy;
import com.playtcha.jakarta.testkit.TestTls;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks and services that fail, keys that must not be seen, and closing in the middle of it. */
class HttpTaskClientFaultsTest {
    private static final String KEY = "test-poll-key";
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration ENOUGH = Duration.ofSeconds(10);
    /** Of polls that end by it, and of good ones beside them. */
    private static final Duration SHORT = Duration.ofSeconds(3);

    private static final Duration AT_MOST = Duration.ofSeconds(20);

    private final ResultServiceStandIn service = ResultServiceStandIn.start();
    private final List<HttpTaskClient> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(HttpTaskClient::close);
        service.close();
    }

    private HttpTaskClient open(Duration timeout) {
        return open(service.pollUrl(), SecretSource.fixed(KEY), ProxySetting.NONE, timeout);
    }

    private HttpTaskClient open(URI url, SecretSource key, ProxySetting proxy, Duration timeout) {
        return open(url, key, proxy, timeout, SystemDefaultDnsResolver.INSTANCE);
    }

    private HttpTaskClient open(URI url, SecretSource key, ProxySetting proxy, Duration timeout, DnsResolver names) {
        HttpTaskClient poller = new HttpTaskClient(url, key, proxy, timeout, 2, new StrictJson(), names);
        opened.add(poller);
        return poller;
    }

    private static TaskResponse failure(TaskResponse poll) {
        assertThat(poll.kind()).isNotIn(Kind.READY, Kind.NOT_READY, Kind.PERMANENT_ERROR);
        return poll;
    }

    static Stream<Arguments> brokenTransports() {
        Reply error = Reply.json(200, "{\"status\":0,\"request\":\"ERROR_CAPTCHA_UNSOLVABLE\"}");
        Duration gap = Duration.ofMillis(200);
        Stream<Reply> endByThemselves = Stream.of(
                Reply.resetConnection(),
                Reply.closeWithoutAnswer(),
                error.resetConnection(20),
                error.truncateAfter(80),
                Reply.raw("garbage\r\n\r\n"),
                Reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"status\":0,\"request\":\"E\"}")
                        .thenClose(),
                Reply.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"status\":0")
                        .thenClose(),
                Reply.raw("HTTP/1.1 200 OK\r\n" + "X-Bomb: 1\r\n".repeat(5_000) + "\r\n"));
        Stream<Reply> endAtTheDeadline =
                Stream.of(Reply.hang(), error.delay(LONG), error.dripHeaders(gap), error.dripBody(gap));
        return Stream.concat(
                endByThemselves.map(reply -> Arguments.of(ENOUGH, reply)),
                endAtTheDeadline.map(reply -> Arguments.of(SHORT, reply)));
    }

    @ParameterizedTest(name = "[{index}]")
    @MethodSource("brokenTransports")
    void aBrokenTransportSaysNothingAboutTheTask(Duration timeout, Reply reply) {
        String id = service.createTask();
        service.script(reply);
        HttpTaskClient poller = open(timeout);

        assertThat(failure(poller.poll(id)).pause()).isNull();
        assertThat(service.pollCount()).as("nothing is tried again").isEqualTo(1);
        assertThat(poller.poll(id).kind()).as("the next poll").isEqualTo(Kind.NOT_READY);
    }

    @Test
    void aThrottleWhoseExplanationIsCutOffIsStillOne() {
        service.script(Reply.raw("HTTP/1.1 429 No\r\nRetry-After: 9\r\nContent-Length: 99\r\n\r\n{")
                .thenClose());

        assertThat(failure(open(ENOUGH).poll("17")).pause()).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void aServiceThatCannotBeReachedOrFoundSaysNothingAboutTheTask() {
        service.refuse();
        DnsResolver nobody = new SystemDefaultDnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                throw new UnknownHostException(host);
            }
        };

        assertThat(failure(open(ENOUGH).poll("17")).text()).startsWith("connect: ");
        assertThat(failure(open(byName(service.pollUrl()), null, ProxySetting.NONE, ENOUGH, nobody)
                                .poll("17"))
                        .text())
                .startsWith("dns: ");
        service.accept();
        service.createTask("17");
        assertThat(open(LONG).poll("17").kind()).isEqualTo(Kind.NOT_READY);
    }

    @Test
    void aCertificateThatIsNotTrustedIsRefusedBeforeTheKeyIsSent() throws Exception {
        SSLContext context = TestTls.create("localhost").serverContext();
        try (ResultServiceStandIn secure =
                ResultServiceStandIn.builder().sslContext(context).start()) {
            HttpTaskClient poller =
                    open(secure.pollUrl(), SecretSource.fixed(KEY), ProxySetting.NONE, Duration.ofSeconds(10));

            assertThat(failure(poller.poll("17")).text()).startsWith("tls: ");
            assertThat(secure.pollCount()).isZero();
        }
    }

    @Test
    void aNamedProxyIsUsedAndItsRefusalSaysNothingAboutTheTask() {
        service.createTask("17");
        try (StandInProxy proxy = StandInProxy.start()) {
            proxy.requireCredentials("u", "p");
            ProxySetting right = new ProxySetting("127.0.0.1", proxy.port(), "u:p");
            ProxySetting wrong = new ProxySetting("127.0.0.1", proxy.port(), "u:q");

            assertThat(open(service.pollUrl(), SecretSource.fixed(KEY), right, LONG)
                            .poll("17")
                            .kind())
                    .isEqualTo(Kind.NOT_READY);
            assertThat(proxy.forwardCount()).isEqualTo(1);
            assertThat(failure(open(service.pollUrl(), SecretSource.fixed(KEY), wrong, LONG)
                                    .poll("17"))
                            .text())
                    .startsWith("proxy: ");
            assertThat(service.pollCount()).isEqualTo(1);
        }
    }

    @Test
    void closingFreesWhoeverWaitsAndEndsEveryThread() throws Exception {
        service.always(Reply.hang());
        HttpTaskClient poller = open(LONG);
        LinkedBlockingQueue<TaskResponse> polls = new LinkedBlockingQueue<>();
        Thread caller = new Thread(() -> polls.add(poller.poll("17")));
        caller.start();
        service.awaitPolls(1, AT_MOST);
        poller.close();

        assertThat(failure(polls.take()).text()).contains("closed");
        caller.join();
        assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                .noneMatch(name -> name.startsWith("playtcha-poll"));
        Awaitility.await().until(() -> service.openConnections() == 0);
        assertThat(failure(poller.poll("17")).text()).contains("closed");
        assertThat(service.pollCount()).isEqualTo(1);
    }

    @Test
    void stoppingFreesWhoeverWaitsAtOnce() throws Exception {
        service.always(Reply.hang());
        HttpTaskClient poller = open(LONG);
        LinkedBlockingQueue<TaskResponse> polls = new LinkedBlockingQueue<>();
        new Thread(() -> polls.add(poller.poll("17"))).start();
        service.awaitPolls(1, AT_MOST);
        poller.stop();

        assertThat(failure(polls.take()).text()).contains("closed");
    }

    /** An address is not looked up. */
    private static URI byName(URI url) {
        return URI.create(url.toString().replace("127.0.0.1", "localhost"));
    }

    @Test
    void pollsShareALookUpThatHangs() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger lookUps = new AtomicInteger();
        DnsResolver slow = new SystemDefaultDnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                lookUps.incrementAndGet();
                boolean over = false;
                while (!over) {
                    try {
                        never.await();
                        over = true;
                    } catch (InterruptedException e) {
                        // As a native look-up does: it goes on.
                    }
                }
                return super.resolve(host);
            }
        };
        service.createTask("17");
        HttpTaskClient poller = open(byName(service.pollUrl()), null, ProxySetting.NONE, Duration.ofMillis(50), slow);
        for (int i = 0; i < 5; i++) {
            assertThat(failure(poller.poll("17")).text()).startsWith("timeout: ");
        }
        assertThat(lookUps).hasValue(1);
        never.countDown();
        Awaitility.await().until(() -> poller.poll("17").kind() != Kind.UNAVAILABLE);
    }

    @Test
    void noLogAtAnyLevelAndNoTextShowsTheKey() {
        String key = "poll+key/with=signs&ü-0123456789";
        String encoded = HttpTaskClient.encoded(key);
        SecretSource source = SecretSource.fixed(key);
        service.createTask("17");
        try (CapturedLog log = new CapturedLog("ROOT", Level.TRACE);
                StandInProxy proxy = StandInProxy.start()) {
            List<Object> texts = new ArrayList<>();
            HttpTaskClient poller = open(service.pollUrl(), source, ProxySetting.NONE, SHORT);
            String echo = "{\"status\":0,\"request\":\"ERROR_WRONG_USER_KEY " + key + " " + encoded + "\"}";
            service.script(
                    Reply.json(200, echo),
                    Reply.json(500, echo),
                    Reply.json(200, "{\"status\":0,\"request\":{\"key\":\"" + key + "\"}}"),
                    Reply.status(302).header("Location", "http://" + encoded + ".example/?key=" + encoded),
                    Reply.raw("HTTP/1.1 200 " + encoded + "\r\n" + encoded + "\r\n\r\n")
                            .thenClose(),
                    Reply.raw(encoded + "\r\n\r\n").thenClose(),
                    Reply.resetConnection(),
                    Reply.hang());
            for (int i = 0; i < 9; i++) {
                texts.add(poller.poll("17"));
            }
            ProxySetting forward = new ProxySetting("127.0.0.1", proxy.port(), "");
            texts.add(open(service.pollUrl(), source, forward, ENOUGH).poll("17"));
            service.refuse();
            texts.add(poller.poll("17"));
            texts.add(poller);

            assertThat(texts).hasSize(12).first().asString().contains("is not a code");
            assertThat(texts.toString()).doesNotContain(key, encoded, "0123456789");
            assertThat(log.everything()).doesNotContain(key, encoded, "0123456789");
        }
    }

    /** Such a text could repeat the key in one of many encodings. */
    @ParameterizedTest
    @ValueSource(strings = {"ERROR_WRONG_USER_KEY test-poll-key", "error", "ERROR: E", " E", "%54", ""})
    void anErrorThatIsNotACodeSaysNothingAboutTheTaskAndIsNotShown(String error) {
        HttpTaskClient poller = open(service.pollUrl(), SecretSource.fixed(KEY), ProxySetting.NONE, LONG);
        service.script(Reply.json(200, "{\"status\":0,\"request\":\"" + error + "\"}"));

        assertThat(failure(poller.poll("17")).text()).contains("is not a code").doesNotContain(KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ERROR_WRONG_USER_KEY", "ERROR_KEY_DOES_NOT_EXIST"})
    void anErrorAboutTheKeyIsToldFromOneOfTheTask(String error) {
        Reply ofKey = Reply.json(200, "{\"status\":0,\"request\":\"" + error + "\"}");
        service.script(Reply.json(200, "{\"status\":0,\"request\":\"ERROR_WRONG_CAPTCHA_ID\"}"), ofKey, ofKey);
        HttpTaskClient poller = open(LONG);

        try (CapturedLog log = new CapturedLog(HttpTaskClient.class.getName(), Level.INFO)) {
            assertThat(poller.poll("17")).isEqualTo(TaskResponse.of(Kind.PERMANENT_ERROR, "ERROR_WRONG_CAPTCHA_ID"));
            assertThat(log.lines()).isEmpty();
            assertThat(poller.poll("17")).isEqualTo(TaskResponse.of(Kind.PERMANENT_ERROR, error));
            assertThat(poller.poll("17")).isEqualTo(TaskResponse.of(Kind.PERMANENT_ERROR, error));
            assertThat(log.lines())
                    .containsExactly("ERROR The service behind poll-url rejects the key, so tasks fail for good; check"
                            + " poll-key or poll-key-file: " + error);
        }
    }

    @Test
    void aKeyThatWasReplacedMeanwhileDoesNotFailTheTask(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("key");
        Files.writeString(file, "an-old-poll-key");
        SecretSource source = TestSettings.late(Map.of(
                        "late-dir", folder.toString(), "poll-url", "https://h", "poll-key-file", file.toString()))
                .pollKey()
                .orElseThrow();
        HttpTaskClient poller = open(service.pollUrl(), source, ProxySetting.NONE, LONG);
        service.createTask("17");
        service.complete("17", "the result");
        Files.writeString(file, KEY);

        assertThat(failure(poller.poll("17")).text()).contains("replaced");
        assertThat(poller.poll("17").kind()).isEqualTo(Kind.READY);
        Files.writeString(file, "not-the-key");
        source.invalidate();
        assertThat(poller.poll("17").kind()).isEqualTo(Kind.PERMANENT_ERROR);
    }
}
