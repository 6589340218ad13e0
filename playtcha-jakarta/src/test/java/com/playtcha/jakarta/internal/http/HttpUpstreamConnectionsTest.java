package com.playtcha.jakarta.internal.http;

import static com.playtcha.jakarta.internal.http.HttpUpstreamTest.reply;
import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.gate.CallResult;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kept connections: one answer belongs to one request, and none is lost or leaked (contract, section 2). */
class HttpUpstreamConnectionsTest {
    private static final String GOOD = "{\"success\":true}";
    private static final String OK =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + GOOD.length() + "\r\n\r\n" + GOOD;

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

    /** The wrong visitor's verdict: what waits on a kept-alive connection is never the next answer. */
    @Test
    void surplusBytesNeverAnswerTheNextVisitor() {
        HttpUpstream upstream = open();
        for (int i = 0; i < 100; i++) {
            playtcha.script(Reply.successFalse().thenExtraBytes(OK), Reply.error(401, "token_invalid", "m"));
            assertThat(reply(upstream.call("first")).success()).isFalse();
            assertThat(reply(upstream.call("second")).status())
                    .as("round %s", i)
                    .isEqualTo(401);
        }
    }

    /** The same, with bytes that come while the connection lies idle in the pool. */
    @Test
    void bytesThatComeToAnIdleConnectionNeverAnswerTheNextVisitor() throws Exception {
        String denied = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";
        String stray = "HTTP/1.1 200 OK\r\nContent-Length: " + GOOD.length() + "\r\n\r\n" + GOOD;
        List<Socket> accepted = new CopyOnWriteArrayList<>();
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread serving = new Thread(() -> answerAlways(server, accepted, denied));
            serving.setDaemon(true);
            serving.start();
            URI baseUrl = URI.create("http://127.0.0.1:" + server.getLocalPort());
            for (int i = 0; i < 30; i++) {
                // A new one each time: it stops reusing connections once it has seen such a thing.
                HttpUpstream upstream = Upstreams.open(baseUrl);
                opened.add(upstream);
                assertThat(reply(upstream.call("t")).status()).isEqualTo(401);
                accepted.remove(0).getOutputStream().write(stray.getBytes(StandardCharsets.US_ASCII));
                assertThat(reply(upstream.call("t")).status()).as("round %s", i).isEqualTo(401);
                accepted.clear();
            }
        }
    }

    /** A connection that becomes ready again while others are in use is probed before each request. */
    @Test
    void strayBytesAreNobodysResponseWhenConnectionsAreReusedAtOnce() throws Exception {
        String stray = "HTTP/1.1 200 OK\r\nContent-Length: " + GOOD.length() + "\r\n\r\n" + GOOD;
        AtomicInteger count = new AtomicInteger();
        playtcha.onRequest(request -> {
            Reply denied = Reply.error(401, "token_invalid", "m");
            return count.incrementAndGet() % 50 == 0 ? denied.thenExtraBytes(stray) : denied;
        });
        HttpUpstream upstream = open("max-concurrent", "4");
        ExecutorService callers = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> statuses = IntStream.range(0, 2_000)
                    .mapToObj(i ->
                            callers.submit(() -> reply(upstream.call("t" + i)).status()))
                    .toList();
            for (Future<Integer> status : statuses) {
                assertThat(status.get()).isEqualTo(401);
            }
        } finally {
            callers.shutdownNow();
        }
        assertThat(playtcha.requestCount()).isEqualTo(2_000);
    }

    @Test
    void aPoolOfOneWaitsForTheQuietMillisecondInsteadOfOpeningMore() {
        HttpUpstream upstream = open("max-concurrent", "1");
        for (int i = 0; i < 50; i++) {
            assertThat(reply(upstream.call("ok-" + i)).success()).isTrue();
        }
        assertThat(playtcha.connectionCount()).isEqualTo(1);
    }

    /** Callers that wait for a connection are none: with as many as the pool has places, none is closed for lack of room. */
    @Test
    void asManyCallersAsThePoolHasPlacesOpenNoMoreConnectionsThanThat() throws Exception {
        HttpUpstream upstream = open("max-concurrent", "16");
        ExecutorService callers = Executors.newFixedThreadPool(16);
        try {
            List<Future<Boolean>> results = IntStream.range(0, 4_000)
                    .mapToObj(i ->
                            callers.submit(() -> reply(upstream.call("ok-" + i)).success()))
                    .toList();
            for (Future<Boolean> result : results) {
                assertThat(result.get()).isTrue();
            }
        } finally {
            callers.shutdownNow();
        }
        assertThat(playtcha.connectionCount()).isLessThanOrEqualTo(16);
    }

    /** A request that is on the way when the announced time ends finds the connection closed. */
    @ParameterizedTest
    @CsvSource({"timeout=5, PT4S", "'timeout=60, max=100', PT59S", "timeout=1, PT0.5S", "timeout=0, PT0S"})
    void aConnectionIsNotReusedUpToTheEndThatTheServerAnnounces(String announced, Duration reusable) {
        HttpResponse response = new BasicHttpResponse(200);
        response.setHeader("Content-Length", "0");
        response.setHeader("Keep-Alive", announced);

        assertThat(HttpTransport.keepAlive(response)).isEqualTo(reusable);
    }

    /** A reset in the service's log looks like a fault. */
    @Test
    void connectionsThatNobodyNeedsAreClosedInOrder() throws Exception {
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        String brief = OK.replace("Content-Type", "Keep-Alive: timeout=1\r\nContent-Type");
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            URI baseUrl = URI.create("http://127.0.0.1:" + server.getLocalPort());
            Thread serving = new Thread(() -> {
                recordEnd(server, brief, ends);
                recordEnd(server, OK, ends);
                recordEnd(server, OK.replace("Content-Type", "Connection: close\r\nContent-Type"), ends);
            });
            serving.setDaemon(true);
            serving.start();
            HttpUpstream upstream = Upstreams.open(baseUrl, "timeout", "500ms");
            opened.add(upstream);

            assertThat(reply(upstream.call("idle for too long")).success()).isTrue();
            assertThat(ends.poll(1, TimeUnit.MINUTES)).isEqualTo("end of stream");
            assertThat(reply(upstream.call("before an undeployment")).success()).isTrue();
            upstream.close();
            assertThat(ends.poll(1, TimeUnit.MINUTES)).isEqualTo("end of stream");
            HttpUpstream another = Upstreams.open(baseUrl);
            opened.add(another);
            assertThat(reply(another.call("the server closes")).success()).isTrue();
            assertThat(ends.poll(1, TimeUnit.MINUTES)).isEqualTo("end of stream");
        }
    }

    private static void recordEnd(ServerSocket server, String answer, BlockingQueue<String> ends) {
        try (Socket socket = server.accept()) {
            byte[] request = new byte[4096];
            while (socket.getInputStream().read(request) > 0) {
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            }
            ends.add("end of stream");
        } catch (IOException e) {
            ends.add(e.toString());
        }
    }

    private static void answerAlways(ServerSocket server, List<Socket> accepted, String answer) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread one = new Thread(() -> answerOn(socket, answer));
                one.setDaemon(true);
                accepted.add(socket);
                one.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void answerOn(Socket socket, String answer) {
        try (socket) {
            byte[] request = new byte[4096];
            while (socket.getInputStream().read(request) > 0) {
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            // The client has hung up, as it should.
        }
    }

    @Test
    void aStray408OnAnIdleConnectionIsNobodysAnswer() {
        HttpUpstream upstream = open();
        for (int i = 0; i < 20; i++) {
            playtcha.script(Reply.ok()
                    .thenExtraBytes("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    .thenClose());
            assertThat(reply(upstream.call("first")).success()).isTrue();
            assertThat(reply(upstream.call("ok-" + i)).success()).isTrue();
        }
    }

    @Test
    void aConnectionThatTheServerClosedCostsNobodyTheirAnswer() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            callAfterTheServerCloses(server, URI.create("http://127.0.0.1:" + server.getLocalPort()));
        }
    }

    /** Calls again once the server has closed the connection that the first call left in the pool. */
    static void callAfterTheServerCloses(ServerSocket server, URI baseUrl) throws IOException {
        List<Socket> accepted = new CopyOnWriteArrayList<>();
        Thread serving = new Thread(() -> answerAlways(server, accepted, OK));
        serving.setDaemon(true);
        serving.start();
        for (int i = 0; i < 30; i++) {
            // A new one each time: it stops reusing connections once it has seen such a thing.
            try (HttpUpstream upstream = Upstreams.open(baseUrl)) {
                assertThat(reply(upstream.call("t")).success()).isTrue();
                accepted.remove(0).close();
                assertThat(reply(upstream.call("t")).success())
                        .as("round %s", i)
                        .isTrue();
                accepted.clear();
            }
        }
    }

    @Test
    void verificationsInARowUseConnectionsAgain() {
        HttpUpstream upstream = open();
        for (int i = 0; i < 200; i++) {
            assertThat(reply(upstream.call("ok-" + i)).success()).isTrue();
        }
        // As many as were still looked after when the next began: none on a machine with nothing else to do.
        assertThat(playtcha.connectionCount()).isLessThan(100);
    }

    @Test
    void concurrentCallersEachGetTheirOwnAnswer() throws Exception {
        playtcha.onRequest(request -> Reply.json(200, "{\"success\":true,\"for\":\"" + request.token() + "\"}"));
        HttpUpstream upstream = open("max-concurrent", "16");
        ExecutorService callers = Executors.newFixedThreadPool(16);
        try {
            List<Future<Boolean>> results = IntStream.range(0, 2_000)
                    .mapToObj(i -> callers.submit(() -> ("t" + i)
                            .equals(reply(upstream.call("t" + i)).fields().get("for"))))
                    .toList();
            for (Future<Boolean> result : results) {
                assertThat(result.get()).isTrue();
            }
        } finally {
            callers.shutdownNow();
        }
        assertThat(playtcha.requestCount()).isEqualTo(2_000);
    }

    @Test
    void callsOnAnInterruptedThreadLeakNoConnection() {
        HttpUpstream upstream = open("max-concurrent", "2");
        for (int i = 0; i < 100; i++) {
            Thread.currentThread().interrupt();
            CallResult answer = upstream.call("ok-i" + i);
            assertThat(Thread.interrupted() || answer.status() > 0).isTrue();
        }
        Awaitility.await().until(() -> upstream.call("ok-" + System.nanoTime()).status() > 0);
        for (int i = 0; i < 20; i++) {
            assertThat(reply(upstream.call("ok-" + i)).success()).isTrue();
        }
    }
}
