package com.playtcha.jakarta.internal.late.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.gate.TestTicker;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Callbacks without the key in header or query have their own limit, and never delay the others. */
class UnauthenticatedCallTest extends CallbackFixture {
    private final List<Socket> slow = new ArrayList<>();

    @AfterEach
    void closeConnections() throws IOException {
        for (Socket socket : slow) {
            socket.close();
        }
    }

    /** Begins requests without a key in header or query, and does not end them. */
    private void beginSlowForms(int number) throws IOException {
        for (int i = 0; i < number; i++) {
            Socket socket = connect();
            slow.add(socket);
            socket.getOutputStream()
                    .write(("POST /app/callback HTTP/1.1\r\nHost: x\r\nContent-Type: " + FORM
                                    + "\r\nContent-Length: 1000\r\n\r\nid=t1&")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
        }
    }

    private int postKeyInBody(String id) {
        return post("id=" + id + "&code=a&key=" + KEY);
    }

    @Test
    void beyondTheLimitTheAnswerIs503WithRetryAfter() throws Exception {
        start();
        serve(new ResultCallbackServlet(inbox(), () -> KEY, new TestTicker(), 2));

        // Again, since one of them is refused where it comes while another call is read.
        await().until(() -> {
            beginSlowForms(2);
            return postKeyInBody("t2") == 503;
        });

        assertThat(send(request("")
                                .header("Content-Type", FORM)
                                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("id=t2&code=a&key=" + KEY)))
                        .headers()
                        .firstValue("Retry-After"))
                .hasValue("1");
        assertThat(log.everything()).contains("too many callbacks without the key in header or query");
        closeConnections();
        await().until(() -> postKeyInBody("t3") == 200);
    }

    @Test
    void callersWithTheKeyInHeaderOrQueryAreNotDelayed() throws Exception {
        start();
        serve();

        beginSlowForms(100);
        await().until(() -> postKeyInBody("t2") == 503);

        assertThat(getWithKey("id=t3&code=a")).isEqualTo(200);
        assertThat(postWithKey("id=t4&code=a")).isEqualTo(200);
        assertThat(post("key=" + KEY, FORM, "id=t5&code=a".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(200);
        closeConnections();
        await().until(() -> postKeyInBody("t6") == 200);
    }

    @Test
    void aBodyWithTheKeyHasRoomForTheLargestResult() {
        start();
        serve();

        assertThat(post("id=t1&key=" + KEY + "&code=" + "%78".repeat(65_536))).isEqualTo(200);
        assertThat(codes()).containsExactly("x".repeat(65_536));
    }

    /** Contract, section 3: a key may be in the body, so that anyone may send a long one. */
    @Test
    void aLongKeyInABodyTakesNoManyTimesItsSize() {
        start();
        serve();
        String body = "key=" + "\u00c3\u00a9".repeat(CallbackForm.MAX_BODY / 2 - 10);
        String request = "POST /app/callback HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: " + FORM
                + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        assertThat(raw(request)).startsWith("HTTP/1.1 403 ");

        Map<Long, Long> before = allocatedByServer();
        int requests = 10;
        for (int i = 0; i < requests; i++) {
            assertThat(raw(request)).startsWith("HTTP/1.1 403 ");
        }

        Map<Long, Long> after = allocatedByServer();
        long allocated = after.entrySet().stream()
                .mapToLong(thread -> thread.getValue() - before.getOrDefault(thread.getKey(), 0L))
                .sum();
        assertThat(allocated / requests).isBetween((long) body.length(), 4L * body.length());
    }

    /** Returns how many bytes each of the server's threads has ever allocated. */
    private static Map<Long, Long> allocatedByServer() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().startsWith("qtp"))
                .collect(Collectors.toMap(
                        ThreadInfo::getThreadId, thread -> threads.getThreadAllocatedBytes(thread.getThreadId())));
    }
}
