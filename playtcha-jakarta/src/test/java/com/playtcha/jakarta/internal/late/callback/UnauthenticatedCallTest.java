package com.playtcha.jakarta.internal.late.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.gate.TestTicker;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
}
