package com.playtcha.jakarta.internal.late.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.gate.TestTicker;
import com.playtcha.jakarta.late.LateResult;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever has no key and is slow keeps nobody else out (contract, section 7). */
class UnauthenticatedCallTest extends CallbackFixture {
    private static final String FROM = "X-From";
    private final List<Socket> slow = new ArrayList<>();

    @AfterEach
    void hangUp() throws IOException {
        for (Socket socket : slow) {
            socket.close();
        }
    }

    /** Callers say where they call from. */
    private void serveFromAnywhere(ResultCallbackServlet servlet) {
        start();
        context.addFilter(
                (request, response, chain) -> {
                    String from = ((HttpServletRequest) request).getHeader(FROM);
                    chain.doFilter(
                            new HttpServletRequestWrapper((HttpServletRequest) request) {
                                @Override
                                public String getRemoteAddr() {
                                    return from == null ? super.getRemoteAddr() : from;
                                }
                            },
                            response);
                },
                "/*",
                EnumSet.of(DispatcherType.REQUEST));
        serve(servlet);
    }

    /** Begins a form without a key before it, and leaves it at that. */
    private void dawdle(String from, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            Socket socket = connect();
            slow.add(socket);
            socket.getOutputStream()
                    .write(("POST /app/callback HTTP/1.1\r\nHost: x\r\n" + FROM + ": " + from + "\r\nContent-Type: "
                                    + FORM + "\r\nContent-Length: 1000\r\n\r\nid=t1&")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
        }
    }

    private int postFrom(String from, String id) {
        return post("id=" + id + "&code=a&key=" + KEY, FROM, from);
    }

    @Test
    void slowBodiesOfOneAddressKeepNoOtherOut() throws Exception {
        serveFromAnywhere(new ResultCallbackServlet(port(KEY)));

        dawdle("192.0.2.1", 20);
        await().until(() -> postFrom("192.0.2.1", "t2") == 503);

        assertThat(postFrom("192.0.2.2", "t3")).isEqualTo(200);
        engine.pollOnce();
        assertThat(handled).extracting(LateResult::getId).contains("t3");
    }

    @Test
    void aBurstOfOneAddressIsTakenWhole() throws Exception {
        // However slow the machine: what each is to have is a turn.
        CallbackLimits patient =
                CallbackLimits.standard().withPatience(Duration.ofMinutes(1)).withStandstill(Duration.ofMinutes(1));
        serveFromAnywhere(new ResultCallbackServlet(port(KEY), new TestTicker(), patient));
        int many = 200;
        ExecutorService senders = Executors.newFixedThreadPool(many);
        try {
            List<Callable<Integer>> burst = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                String id = "t" + i;
                burst.add(() -> postFrom("192.0.2.1", id));
            }
            for (Future<Integer> answer : senders.invokeAll(burst)) {
                assertThat(answer.get()).isEqualTo(200);
            }
        } finally {
            senders.shutdown();
        }
        assertThat(codes()).hasSize(many);
    }

    /** Begins forms with the key, and ends them when all of them have begun. */
    private List<String> postInTwoParts(String from, int times) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        byte[] body = ("id=t1&code=a&key=" + KEY).getBytes(StandardCharsets.US_ASCII);
        byte[] head = ("POST /app/callback HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + FROM + ": " + from
                        + "\r\nContent-Type: " + FORM + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try {
            for (int i = 0; i < times; i++) {
                Socket socket = connect();
                sockets.add(socket);
                socket.getOutputStream().write(head);
                // A server may wait for the first of the body before it calls anybody.
                socket.getOutputStream().write(body, 0, 1);
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> underWay.get() == times);
            for (Socket socket : sockets) {
                socket.getOutputStream().write(body, 1, body.length - 1);
            }
            for (Socket socket : sockets) {
                answers.add(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        return answers;
    }

    @Test
    void aBurstIsTakenWholeWhoseBodiesComeAfterAllHeads() throws Exception {
        countRequests();
        CallbackLimits patient =
                CallbackLimits.standard().withPatience(Duration.ofMinutes(1)).withStandstill(Duration.ofMinutes(1));
        serveFromAnywhere(new ResultCallbackServlet(port(KEY), new TestTicker(), patient));
        int many = 200;

        assertThat(postInTwoParts("192.0.2.1", many))
                .hasSize(many)
                .allSatisfy(answer -> assertThat(answer).startsWith("HTTP/1.1 200 "));
        assertThat(log.lines()).isEmpty();
        assertThat(codes()).hasSize(1);
    }

    @Test
    void manySlowBodiesFromEverywhereHoldFewThreadsForLong() throws Exception {
        countRequests();
        serveFromAnywhere(new ResultCallbackServlet(port(KEY)));

        for (int i = 0; i < 200; i++) {
            dawdle("192.0.2." + i, 1);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> mostUnderWay.get() > 16 && underWay.get() == 16);

        assertThat(getWithKey("id=t1&code=a")).isEqualTo(200);
        assertThat(postWithKey("id=t2&code=b")).isEqualTo(200);
        assertThat(postFrom("198.51.100.1", "t3")).isEqualTo(503);
        hangUp();
        await().until(() -> postFrom("198.51.100.1", "t3") == 200);
        assertThat(codes()).hasSize(3);
    }

    @Test
    void nobodyWaitsBehindBodiesThatDoNotCome() throws Exception {
        CallbackLimits patient = CallbackLimits.standard().withPatience(Duration.ofHours(1));
        serveFromAnywhere(new ResultCallbackServlet(port(KEY), new TestTicker(), patient));

        dawdle("192.0.2.1", 10);
        await().until(() -> postFrom("192.0.2.1", "t1") == 503);

        assertThat(postFrom("192.0.2.2", "t2")).isEqualTo(200);
        hangUp();
        await().until(() -> postFrom("192.0.2.1", "t3") == 200);
    }

    @Test
    void slowBodiesOfOneIpv6NetworkAreThoseOfOneAddress() throws Exception {
        serveFromAnywhere(new ResultCallbackServlet(port(KEY)));

        for (int host = 1; host <= 20; host++) {
            dawdle("2001:db8::" + host, 1);
        }
        await().until(() -> postFrom("[2001:db8:0:0:ffff::1%eth0]", "t2") == 503);

        assertThat(postFrom("2001:db8:0:1::1", "t3")).isEqualTo(200);
        assertThat(postFrom("not:an:address", "t4")).isEqualTo(200);
        assertThat(postFrom("x".repeat(1000), "t5")).isEqualTo(200);
    }

    @Test
    void slowBodiesFromEverywhereKeepNobodyOutWhoHasShownTheKey() throws Exception {
        serveFromAnywhere(new ResultCallbackServlet(port(KEY), new TestTicker(), limits(1)));

        dawdle("192.0.2.1", 1);
        await().until(() -> postFrom("192.0.2.2", "t2") == 503);

        assertThat(log.everything()).contains("too many callbacks are under way whose key is in their body");
        assertThat(getWithKey("id=t3&code=a")).isEqualTo(200);
        assertThat(postWithKey("id=t4&code=a")).isEqualTo(200);
        assertThat(post("key=" + KEY, FORM, "id=t5&code=a".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(200);
        hangUp();
        await().until(() -> postFrom("192.0.2.2", "t6") == 200);
    }

    @Test
    void aBodyInWhichTheKeyMayBeHasLessTime() {
        AtomicLong seconds = new AtomicLong();
        // Six seconds pass between two looks at the clock, of which a short body takes two.
        serveFromAnywhere(new ResultCallbackServlet(
                port(KEY), () -> Duration.ofSeconds(seconds.getAndAdd(6)).toNanos(), limits(16)));

        assertThat(post("id=t1&code=a&key=" + KEY)).isEqualTo(408);
        assertThat(postWithKey("id=t2&code=a")).isEqualTo(200);
        assertThat(codes()).hasSize(1);
    }

    @Test
    void aBodyInWhichTheKeyMayBeHasRoomForTheLargestResult() {
        serveFromAnywhere(new ResultCallbackServlet(port(KEY)));

        assertThat(post("id=t1&key=" + KEY + "&code=" + "%78".repeat(65_536))).isEqualTo(200);
        // Without its body: a client that still writes when the answer comes may never read it.
        assertThat(raw("POST /app/callback HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: " + FORM
                        + "\r\nContent-Length: 300000\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(postWithKey("id=t3&code=b&x=" + "x".repeat(300_000))).isEqualTo(200);
        assertThat(codes()).containsExactlyInAnyOrder("x".repeat(65_536), "b");
    }

    /** Larger by one than what is read, which no header announces. */
    private HttpResponse<String> chunked(String beginning) {
        int rest = CallbackBody.MOST_BYTES_OF_STRANGERS + 1 - beginning.length();
        byte[] body = (beginning + "x".repeat(rest)).getBytes(StandardCharsets.US_ASCII);
        return send(request("")
                .header("Content-Type", FORM)
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));
    }

    @Test
    void aBodyThatIsTooLargeIsABadRequestUnlessItsKeyIsWrong() {
        TestTicker ticker = new TestTicker();
        serveFromAnywhere(new ResultCallbackServlet(port(KEY), ticker, limits(16)));

        HttpResponse<String> right = chunked("id=t1&code=a&key=" + KEY + "&x=");
        assertThat(right.statusCode()).isEqualTo(400);
        assertThat(right.body()).isEqualTo("Not taken: its body is too large");
        assertThat(log.lines())
                .containsExactly("WARN Callbacks are refused, since they are not as agreed: 1 since the last such line,"
                        + " the last: id=t1, its body is too large");
        ticker.advance(Duration.ofMinutes(1));
        for (String wrong : List.of("key=other&", "key=" + KEY + "&key=other&", "key=&", "key=%zz&")) {
            HttpResponse<String> answer = chunked("id=t2&code=a&" + wrong + "x=");
            assertThat(answer.statusCode()).as(wrong).isEqualTo(403);
            assertThat(answer.body()).isEqualTo("Forbidden");
        }
        log.lines();
        ticker.advance(Duration.ofMinutes(1));
        // The end of the last field is not there: more of it might have followed.
        for (String none : List.of("", "x=", "key=" + KEY, "key=other")) {
            HttpResponse<String> answer = chunked("id=t3&code=a&" + none);
            assertThat(answer.statusCode()).as(none).isEqualTo(400);
            assertThat(answer.body()).isEqualTo(right.body());
        }
        assertThat(log.everything()).contains("id=-, its body is too large").doesNotContain("t3");
        assertThat(codes()).isEmpty();
    }
}
