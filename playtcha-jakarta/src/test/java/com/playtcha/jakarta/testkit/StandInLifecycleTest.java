package com.playtcha.jakarta.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Starting, refusing, resetting, closing, counting. */
class StandInLifecycleTest {
    private static final Duration AT_MOST = Duration.ofSeconds(20);

    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    @AfterEach
    void stop() {
        playtcha.close();
    }

    @Test
    void countsConnectionsAndConcurrentRequests() throws Exception {
        int callers = 40;
        CountDownLatch release = new CountDownLatch(1);
        playtcha.always(Reply.ok().holdUntil(release));
        HttpClient client = HttpClient.newHttpClient();
        List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            calls.add(client.sendAsync(verify(playtcha, "ok-" + i), HttpResponse.BodyHandlers.ofString()));
        }
        playtcha.awaitRequests(callers, AT_MOST);
        assertThat(playtcha.inFlight()).isEqualTo(callers);
        release.countDown();
        for (CompletableFuture<HttpResponse<String>> call : calls) {
            assertThat(call.get().statusCode()).isEqualTo(200);
        }
        assertThat(playtcha.inFlight()).isZero();
        assertThat(playtcha.maxConcurrentRequests()).isEqualTo(callers);
        assertThat(playtcha.connectionCount()).isEqualTo(callers);
        assertThat(playtcha.requestCount()).isEqualTo(callers);
        assertThat(playtcha.malformed()).isEmpty();
    }

    @Test
    void aTokenIsRedeemedOnceByManyAtOnce() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        List<CompletableFuture<HttpResponse<String>>> calls = Stream.generate(() -> "ok-same")
                .limit(20)
                .map(token -> client.sendAsync(verify(playtcha, token), HttpResponse.BodyHandlers.ofString()))
                .toList();
        int accepted = 0;
        for (CompletableFuture<HttpResponse<String>> call : calls) {
            accepted += call.get().statusCode() == 200 ? 1 : 0;
        }
        assertThat(accepted).isEqualTo(1);
    }

    @Test
    void refusesAndListensAgainOnTheSamePort() throws IOException {
        try (RawClient before = new RawClient(playtcha.port())) {
            before.send(RawClient.verify("ok-1")).readAnswer();
            playtcha.refuse();
            assertThat(playtcha.openConnections()).isZero();
            assertThat(before.endedOrReset()).isTrue();
            for (int i = 0; i < 50; i++) {
                assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new RawClient(playtcha.port()));
            }
            playtcha.refuse();
        }
        for (int i = 0; i < 5; i++) {
            playtcha.accept();
            playtcha.accept();
            try (RawClient after = new RawClient(playtcha.port())) {
                assertThat(after.send(RawClient.verify("ok-after-" + i)).readAnswer())
                        .startsWith("HTTP/1.1 200 ");
            }
            playtcha.refuse();
        }
    }

    @Test
    void refusingDropsRequestsThatAreBeingAnswered() throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            client.send(RawClient.verify("hang"));
            playtcha.awaitRequests(1, AT_MOST);
            playtcha.refuse();
            assertThat(client.endedOrReset()).isTrue();
        }
        await().until(() -> playtcha.inFlight() == 0);
    }

    @Test
    void resetForgetsEverythingAndKeepsIdleConnections() throws IOException {
        try (RawClient idle = new RawClient(playtcha.port());
                RawClient busy = new RawClient(playtcha.port())) {
            idle.send(RawClient.verify("ok-1")).readAnswer();
            idle.send("GET /elsewhere HTTP/1.1\r\nHost: a\r\n\r\n").readAnswer();
            busy.send(RawClient.verify("hang"));
            playtcha.awaitRequests(2, AT_MOST);
            playtcha.script(Reply.status(418)).always(Reply.status(418)).onRequest(request -> Reply.status(418));

            playtcha.reset();

            assertThat(playtcha.requests()).isEmpty();
            assertThat(playtcha.lastRequest()).isEmpty();
            assertThat(playtcha.requestCount()).isZero();
            assertThat(playtcha.malformedCount()).isZero();
            assertThat(playtcha.connectionCount()).isZero();
            assertThat(playtcha.inFlight()).isZero();
            assertThat(playtcha.maxConcurrentRequests()).isZero();
            assertThat(busy.endedOrReset()).isTrue();
            assertThat(idle.send(RawClient.verify("ok-1")).readAnswer()).startsWith("HTTP/1.1 200 ");
            assertThat(playtcha.lastRequest().orElseThrow().connection()).isEqualTo(1);
            assertThat(playtcha.inFlight()).isZero();
        }
    }

    @Test
    void waitingForRequestsInVainSaysWhatCame() throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            client.send(RawClient.verify("invalid-7")).readAnswer();
            client.send("GET /elsewhere HTTP/1.1\r\nHost: a\r\n\r\n").readAnswer();
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> playtcha.awaitRequests(2, Duration.ofMillis(20)))
                .withMessageContainingAll("for 2 verify requests; 1 came", "invalid-7", "GET /elsewhere: 404");
    }

    @Test
    void closingEndsThreadsSocketsAndWaits() throws IOException {
        List<Thread> before = standInThreads();
        PlaytchaStandIn closing = PlaytchaStandIn.start();
        CountDownLatch never = new CountDownLatch(1);
        closing.onRequest(request -> {
            if (request.token().equals("blocks")) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return null;
        });
        List<RawClient> clients = new ArrayList<>();
        try {
            String[] requests = {
                RawClient.verify("hang"),
                RawClient.verify("slow-600s"),
                RawClient.verify("blocks"),
                "POST /v1/ver",
                "",
                RawClient.verify("ok-1")
            };
            for (String request : requests) {
                clients.add(new RawClient(closing.port()).send(request));
            }
            closing.awaitRequests(4, AT_MOST);
            await().until(() -> closing.openConnections() == clients.size());
            clients.get(clients.size() - 1).readAnswer();
            assertThat(standInThreads()).hasSizeGreaterThan(before.size());

            closing.close();
            closing.close();

            assertThat(standInThreads()).isSubsetOf(before);
            assertThat(closing.openConnections()).isZero();
            for (RawClient client : clients) {
                assertThat(client.endedOrReset()).isTrue();
            }
            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new RawClient(closing.port()));
            assertThatIllegalStateException().isThrownBy(closing::accept);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
            closing.close();
        }
    }

    @Test
    void mayBeClosedFromItsOwnThread() throws IOException {
        playtcha.onRequest(request -> {
            playtcha.close();
            return null;
        });
        try (RawClient client = new RawClient(playtcha.port())) {
            client.send(RawClient.verify("ok-1"));
            assertThat(client.endedOrReset()).isTrue();
        }
    }

    @Test
    void aPortThatIsTakenIsSaid() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, LoopbackServer.loopback())) {
            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> PlaytchaStandIn.start(other.getLocalPort()))
                    .withMessageContaining("127.0.0.1:" + other.getLocalPort());
        }
    }

    @Test
    void listensWhereItIsTold() throws IOException {
        int port = playtcha.port();
        playtcha.close();
        try (PlaytchaStandIn again =
                        PlaytchaStandIn.builder().port(port).secret("another").start();
                RawClient client = new RawClient(port)) {
            assertThat(again.baseUrl()).hasToString("http://127.0.0.1:" + port);
            assertThat(again.secret()).isEqualTo("another");
            assertThat(client.send(RawClient.verify("another", "ok-1")).readAnswer())
                    .startsWith("HTTP/1.1 200 ");
        }
        assertThatIOException().isThrownBy(() -> new RawClient(port).close());
    }

    private static List<Thread> standInThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("standin-"))
                .toList();
    }

    private static HttpRequest verify(PlaytchaStandIn standIn, String token) {
        return HttpRequest.newBuilder(standIn.baseUrl().resolve("/v1/verify"))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"secret\":\"" + standIn.secret() + "\",\"token\":\"" + token + "\"}"))
                .build();
    }
}
