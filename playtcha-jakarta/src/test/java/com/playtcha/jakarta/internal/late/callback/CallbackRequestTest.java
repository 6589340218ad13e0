package com.playtcha.jakarta.internal.late.callback;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.gate.TestTicker;
import com.playtcha.jakarta.internal.late.engine.Poll;
import com.playtcha.jakarta.late.LateResult;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fields of callbacks, and the responses to them (contract, section 7). */
class CallbackRequestTest extends CallbackFixture {
    private static final List<String> MALFORMED = List.of(
            "code=a",
            "id=&code=a",
            "id&code=a",
            "id=+++&code=a",
            "id=%00&code=a",
            "id=t1%00&code=a",
            "id=t1%0d%0aX:+y&code=a",
            "id=t1%7f&code=a",
            "id=t1%c2%85&code=a",
            "id=t1&id=t2&code=a",
            "id=t1&id=T1&code=a",
            "id=t1&%69d=t2&code=a",
            "id=t1&code=a&code=b",
            "id=t1&code=a&code=a+",
            "id=t1&id=t1&id=t2&code=a",
            "id=t1&code=a&code=b&code=a",
            "id=t1&id=&code=a",
            "id=t1&id=t1%ff&code=a",
            "id=t1&code=&code=b",
            "ID=t1&code=a",
            "id[]=t1&code=a",
            "id%00=t1&code=a",
            "id=t1%&code=a",
            "id=t1%2&code=a",
            "id=t1%zz&code=a",
            "id=t1%u0041&code=a",
            "id=t1%-1&code=a",
            "id=t1%+1&code=a",
            "id=t1&code=a%",
            "id=t1&code=a&x=%g0",
            "id=%c0%af&code=a",
            "id=%e0%80%af&code=a",
            "id=%c0%80&code=a",
            "id=%ff&code=a",
            "id=t1&code=%ff",
            "id=t1&code=%ed%a0%80",
            "id=t1&code=%f4%90%80%80",
            "id=t1&code=%c3",
            "%",
            "&&&",
            "=");
    private static final List<String> STRANGE_IDS = List.of(
            "../../etc/passwd",
            "/etc/passwd",
            "..\\..\\x",
            "C:\\x",
            "con",
            "'; DROP TABLE playtcha_late; --",
            "<script>alert(1)</script>",
            "${jndi:ldap://x}",
            "%2e%2e%2f",
            "x ",
            "\ud83d\ude00 \u202e \u2028",
            "-1",
            "null");
    private static final String MULTIPART = "multipart/form-data; boundary=b";

    @Test
    void otherMethodsAreNotAllowed() {
        start();
        serve();

        for (String method : List.of("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "get", "post", "PROPFIND")) {
            HttpResponse<String> response =
                    send(request("id=t1&code=a&key=" + KEY).method(method, HttpRequest.BodyPublishers.noBody()));
            assertThat(response.statusCode()).as(method).isEqualTo(405);
            assertThat(response.headers().firstValue("Allow")).hasValue("GET, POST");
        }
        assertThat(codes()).isEmpty();
    }

    @Test
    void aResultIsAcknowledgedInTwoLetters() {
        start();
        serve();

        assertThat(send(request("id=t1&code=a&key=" + KEY)).body()).isEqualTo("OK");
    }

    @Test
    void theFieldsOfQueryAndBodyAreOneForm() {
        start();
        serve();

        assertThat(post("key=" + KEY + "&id=t1", FORM + "; charset=ISO-8859-1", "code=%C3%A4+%2B".getBytes()))
                .isEqualTo(200);
        assertThat(codes()).containsExactly("\u00e4 +");
    }

    @Test
    void malformedFieldsAreRefusedInQueryAndBody() {
        start();
        serve();

        for (String fields : MALFORMED) {
            // Sent by hand, since the client refuses what is no URI.
            assertThat(raw("GET /app/callback?" + fields
                            + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Callback-Key: " + KEY + "\r\n\r\n"))
                    .as("query %s", fields)
                    .startsWith("HTTP/1.1 400 ");
            assertThat(postWithKey(fields)).as("body %s", fields).isEqualTo(400);
        }
        assertThat(codes()).isEmpty();
    }

    @Test
    void anIdIsNeverInterpreted() {
        start();
        serve();
        List<String> sent = new ArrayList<>();

        for (String id : STRANGE_IDS) {
            assertThat(postWithKey("id=" + encoded(id) + "&code=" + encoded(id)))
                    .isEqualTo(200);
            assertThat(getWithKey("id=" + encoded(id + "?") + "&code=" + encoded(id)))
                    .isEqualTo(200);
            sent.addAll(List.of(id, id + "?"));
        }
        database.setDown(true);
        for (String id : STRANGE_IDS) {
            assertThat(postWithKey("id=" + encoded(id + "!") + "&code=b")).isEqualTo(200);
            sent.add(id + "!");
        }

        assertThat(directory.resolve("spool"))
                .isDirectoryNotContaining(file -> !file.getFileName().toString().matches("[0-9a-f]{64}\\.json"));
        database.setDown(false);
        run(Duration.ofSeconds(5));
        assertThat(handled).extracting(LateResult::getId).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(handled).extracting(LateResult::getCode).contains("b").containsAll(STRANGE_IDS);
    }

    @Test
    void anIdHasUpTo200Characters() {
        start();
        serve();
        String chinese = "\u4e2d".repeat(200);

        assertThat(postWithKey("id=" + "x".repeat(200) + "&code=a")).isEqualTo(200);
        assertThat(postWithKey("id=" + encoded(chinese) + "&code=b")).isEqualTo(200);
        assertThat(postWithKey("id=" + "x".repeat(201) + "&code=c")).isEqualTo(400);
        assertThat(postWithKey("id=" + "x".repeat(300_000) + "&code=c")).isEqualTo(400);
        assertThat(getWithKey("id=" + "x".repeat(201) + "&code=c")).isEqualTo(400);
        assertThat(codes()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void aResultHasUpTo64KibHoweverItIsEncoded() {
        start();
        serve();
        String plain = "x".repeat(65_536);
        String chinese = "\u4e2d".repeat(21_845) + "x";

        assertThat(postWithKey("id=t1&code=" + plain)).isEqualTo(200);
        assertThat(postWithKey("id=t2&code=" + "%78".repeat(65_536))).isEqualTo(200);
        assertThat(postWithKey("id=t3&code=" + encoded(chinese))).isEqualTo(200);
        assertThat(postWithKey("id=t4&code=" + chinese)).isEqualTo(200);
        assertThat(postWithKey("id=t5&code=" + plain + "x")).isEqualTo(400);
        assertThat(postWithKey("id=t6&code=" + encoded(chinese + "x"))).isEqualTo(400);
        assertThat(postWithKey("id=t7&code=" + "x".repeat(500_000))).isEqualTo(400);
        assertThat(codes()).containsExactlyInAnyOrder(plain, plain, chinese, chinese);
    }

    @Test
    void aResultMayContainAnyUtf8() {
        start();
        serve();
        String code = "\u0000\u0001\r\n\t\u007f\ud83d\ude00\ufffd&=%+";

        assertThat(postWithKey("id=t1&code=" + encoded(code))).isEqualTo(200);
        assertThat(codes()).containsExactly(code);
    }

    @Test
    void theFieldsAreFoundAmongTenThousandParameters() {
        start();
        serve();

        assertThat(postWithKey("x=1&".repeat(5_000) + "id=t1&code=a" + "&y%41=2".repeat(5_000)))
                .isEqualTo(200);
        assertThat(postWithKey("id=t2&".repeat(10_000) + "code=b")).isEqualTo(200);
        assertThat(postWithKey("id=t3&".repeat(10_000) + "id=t4&code=c")).isEqualTo(400);
        assertThat(codes()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void repeatedEqualValuesAreOneValue() {
        start();
        serve();
        byte[] body = ("id=t%31&code=a&code=%61&key=" + KEY).getBytes(StandardCharsets.UTF_8);

        assertThat(post("id=t1&key=" + KEY, FORM, body, "X-Callback-Key", KEY)).isEqualTo(200);
        assertThat(getWithKey("id=t2&id=t2&code=b&code=b")).isEqualTo(200);
        assertThat(post("id=t3", FORM, body, "X-Callback-Key", KEY)).isEqualTo(400);
        assertThat(post("id=t1&code=b", FORM, body, "X-Callback-Key", KEY)).isEqualTo(400);
        assertThat(post("id=t1&key=other", FORM, body)).isEqualTo(403);
        assertThat(codes()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedBeforeItIsRead() {
        start();
        serve();

        assertThat(raw("POST /app/callback?id=t1&code=a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Callback-Key: "
                        + KEY + "\r\nContent-Type: " + FORM + "\r\nContent-Length: 524289\r\n\r\nx"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(codes()).isEmpty();
    }

    @Test
    void aBodyOfUnknownLengthIsBoundedToo() throws IOException {
        start();
        serve();
        byte[] tooLarge = ("id=t1&code=a&x=" + "x".repeat(600_000)).getBytes(StandardCharsets.UTF_8);
        byte[] large = ("id=t2&code=b&x=" + "x".repeat(500_000)).getBytes(StandardCharsets.UTF_8);

        assertThat(chunked(tooLarge)).isEqualTo("HTTP/1.1 400 ");
        assertThat(chunked(large)).isEqualTo("HTTP/1.1 200 ");
        assertThat(codes()).containsExactly("b");
    }

    /** Sends a body in chunks of 16 KiB, and returns the beginning of the response. */
    private String chunked(byte[] body) throws IOException {
        try (Socket socket = connect()) {
            try {
                OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 20_000);
                out.write(("POST /app/callback HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Callback-Key: " + KEY
                                + "\r\nContent-Type: " + FORM + "\r\nTransfer-Encoding: chunked\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
                for (int at = 0; at < body.length; at += 16_384) {
                    int length = Math.min(16_384, body.length - at);
                    out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                    out.write(body, at, length);
                    out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
                }
                out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
            } catch (IOException e) {
                // A server that refuses the body may respond and close the connection before it has read all.
            }
            return new String(
                    socket.getInputStream().readNBytes("HTTP/1.1 400 ".length()), StandardCharsets.ISO_8859_1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 1000\r\n\r\nid=t1&code=a",
                "Transfer-Encoding: chunked\r\n\r\nzz\r\nid=t1&code=a\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nc\r\nid=t1&code=a\r\n"
            })
    void anIncompleteBodyIsRefused(String rest) {
        start();
        serve();

        assertThat(raw("POST /app/callback HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Callback-Key: " + KEY
                        + "\r\nContent-Type: " + FORM + "\r\n" + rest))
                .startsWith("HTTP/1.1 400 ");
        assertThat(codes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/json", "text/plain", MULTIPART, "nonsense", "application/x-www-form-urlencodedx"})
    void bodiesOfOtherTypesAreNotRead(String type) {
        start();
        serve();
        byte[] body = (type.equals(MULTIPART)
                        ? "--b\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\nt1\r\n--b--\r\n"
                        : "{\"id\":\"t1\",\"code\":\"a\"}&id=t1&code=a")
                .getBytes(StandardCharsets.UTF_8);

        assertThat(post("", type, body)).isEqualTo(403);
        assertThat(post("", type, body, "X-Callback-Key", KEY)).isEqualTo(400);
        assertThat(post("id=t2&code=b", type, body, "X-Callback-Key", KEY)).isEqualTo(200);
        assertThat(codes()).containsExactly("b");
    }

    @Test
    void parametersThatAFilterHasReadAreUsed() {
        start();
        context.addFilter(
                (request, response, chain) -> {
                    request.setCharacterEncoding("UTF-8");
                    request.getParameter("anything");
                    chain.doFilter(request, response);
                },
                "/*",
                EnumSet.of(jakarta.servlet.DispatcherType.REQUEST));
        serve();

        assertThat(post("id=t1&code=%C3%A4&key=" + KEY)).isEqualTo(200);
        assertThat(post("id=t2", FORM, "code=b".getBytes(), "X-Callback-Key", KEY))
                .isEqualTo(200);
        assertThat(post("id=t3", FORM, "code=c&id=t3".getBytes(), "X-Callback-Key", KEY))
                .isEqualTo(200);
        assertThat(post("id=t3", FORM, "code=c&id=t4".getBytes(), "X-Callback-Key", KEY))
                .isEqualTo(400);
        assertThat(post("id=t4&code=b&key=other")).isEqualTo(403);
        assertThat(post("id=t5&code=b")).isEqualTo(403);
        // Some containers replace bytes that are not UTF-8 by this character.
        assertThat(postWithKey("id=t6&code=%ef%bf%bd")).isEqualTo(400);
        assertThat(codes()).containsExactlyInAnyOrder("\u00e4", "b", "c");
    }

    @Test
    void anIdWithoutCodeIsPolledAtOnce() {
        start();
        serve();
        engine.inbox().track("t1");
        service = id -> Poll.ready("polled " + id);

        assertThat(getWithKey("id=t1")).isEqualTo(200);
        assertThat(getWithKey("id=t2&code=")).isEqualTo(200);

        assertThat(codes()).containsExactlyInAnyOrder("polled t1", "polled t2");
        assertThat(getWithKey("id=t1")).isEqualTo(200);
    }

    @Test
    void anIdWithoutCodeIsRefusedWithoutPollUrl() {
        engine = build(config(), Runnable::run).build();
        serve();

        assertThat(getWithKey("id=t1")).isEqualTo(400);
        assertThat(getWithKey("id=t1&code=")).isEqualTo(400);
        assertThat(log.everything()).contains("poll-url is not set");
    }

    @Test
    void refusedCallbacksAreLoggedOnceAMinute() {
        TestTicker ticker = new TestTicker();
        start();
        serve(new ResultCallbackServlet(inbox(), () -> KEY, ticker, 32));

        postWithKey("id=a%0ab&code=some-code");
        postWithKey("id=t1&code=" + "some-code".repeat(10_000));
        assertThat(log.lines())
                .containsExactly("WARN Malformed callbacks were answered with 400: 1 since the last line, the last one:"
                        + " id=a\\u000ab, its id has control characters");
        ticker.advance(Duration.ofMinutes(1));
        postWithKey("id=" + "x".repeat(100_000) + "&code=some-code");

        assertThat(log.lines())
                .singleElement()
                .asString()
                .contains(": 2 since")
                .doesNotContain("some-code")
                .hasSizeLessThan(600);
    }
}
