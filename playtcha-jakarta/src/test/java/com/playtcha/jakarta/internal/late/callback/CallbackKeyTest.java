package com.playtcha.jakarta.internal.late.callback;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.gate.TestTicker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The key of callbacks (contract, section 7). */
class CallbackKeyTest extends CallbackFixture {
    private static final List<String> WRONG = List.of(
            "",
            "key=",
            "key",
            "key=wrong-key-of-some-length",
            "key=" + KEY + "x",
            "key=a-key-of-the-callback-inbo",
            "key=A-KEY-OF-THE-CALLBACK-INBOX",
            "key=" + KEY + "%00",
            "key=" + KEY + "%ff",
            "key=" + KEY + "+",
            "key=" + KEY + "%2",
            "key=" + KEY + "&key=other",
            "key=other&key=" + KEY,
            "key=" + KEY + "&key=",
            "KEY=" + KEY,
            "key%00=" + KEY);

    @Test
    void theKeyIsTakenFromHeaderQueryAndBody() {
        start();
        serve();

        assertThat(get("id=t1&code=a&key=" + KEY)).isEqualTo(200);
        assertThat(getWithKey("id=t2&code=b")).isEqualTo(200);
        assertThat(post("id=t3&code=c&key=" + KEY)).isEqualTo(200);
        assertThat(postWithKey("id=t4&code=d")).isEqualTo(200);
        assertThat(post("key=" + KEY, FORM, "id=t5&code=e".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(200);
        assertThat(codes()).containsExactlyInAnyOrder("a", "b", "c", "d", "e");
    }

    @Test
    void theSameKeyInSeveralPlacesIsOneKey() {
        start();
        serve();

        assertThat(getWithKey("id=t1&code=a&key=" + KEY + "&key=" + KEY)).isEqualTo(200);
        assertThat(post(
                        "key=" + KEY,
                        FORM,
                        ("id=t2&code=a&key=" + KEY).getBytes(StandardCharsets.UTF_8),
                        "X-Callback-Key",
                        KEY,
                        "X-Callback-Key",
                        KEY))
                .isEqualTo(200);
    }

    @Test
    void aCallbackWithoutTheKeyGetsForbiddenOnly() {
        start();
        serve();

        for (String fields : WRONG) {
            for (String rest : new String[] {"id=t1&code=a&", "id=&", "id=a&id=b&code=%zz&", ""}) {
                // Sent by hand, since the client refuses what is no URI.
                assertThat(raw("GET /app/callback?" + rest + fields
                                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                        .as("query %s%s", rest, fields)
                        .startsWith("HTTP/1.1 403 ")
                        .endsWith("\r\n\r\nForbidden");
                assertThat(post(rest + fields)).as("body %s%s", rest, fields).isEqualTo(403);
            }
        }
        assertThat(codes()).isEmpty();
    }

    @Test
    void aWrongKeyBesideTheRightOneIsWrong() {
        start();
        serve();

        assertThat(getWithKey("id=t1&code=a&key=other")).isEqualTo(403);
        assertThat(postWithKey("id=t1&code=a&key=other")).isEqualTo(403);
        assertThat(post("id=t1&code=a&key=" + KEY, "X-Callback-Key", "other")).isEqualTo(403);
        assertThat(post("id=t1&code=a", "X-Callback-Key", KEY, "X-Callback-Key", "other"))
                .isEqualTo(403);
        assertThat(codes()).isEmpty();
    }

    @Test
    void theBodyOfACallbackWithAWrongKeyIsNotRead() {
        start();
        serve();

        String response =
                raw("POST /app/callback?key=wrong-key-of-some-length HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        + "Content-Type: " + FORM + "\r\nContent-Length: 100000\r\n\r\nid=t1");

        assertThat(response).startsWith("HTTP/1.1 403 ");
    }

    @Test
    void aTooLargeBodyWithoutAKeyIsNotRead() {
        start();
        serve();

        String response = raw("POST /app/callback HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: " + FORM
                + "\r\nContent-Length: 9000000000\r\n\r\nid=t1");

        assertThat(response)
                .startsWith("HTTP/1.1 400 ")
                .endsWith("\r\n\r\nRefused: its body is larger than 524288 bytes");
        assertThat(log.everything()).contains("its body is larger").doesNotContain("the right key");
    }

    @Test
    void aMalformedOrIncompleteBodyHasNoKey() {
        start();
        serve();

        assertThat(post("id=t1&code=a&x=%&key=wrong-key-of-some-length")).isEqualTo(403);
        // The body ends before its Content-Length.
        assertThat(raw("POST /app/callback HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: " + FORM
                        + "\r\nContent-Length: 60000\r\n\r\nkey=" + KEY + "&id=t1&code=x"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(codes()).isEmpty();
    }

    @Test
    void aKeyOfAnyScriptWorksInHeaderAndField() {
        String key = "Schl\u00fcssel-f\u00fcr-R\u00fcckrufe-\u9375";
        start();
        serve(servlets -> ResultCallbackServlet.register(servlets, "/callback", () -> key, inbox()));
        String utf8 = new String(key.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);

        String response = raw("GET /app/callback?id=t1&code=a&key=" + encoded(key)
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Callback-Key: " + utf8 + "\r\n\r\n");

        assertThat(response).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void withoutAKeyEveryCallerIsAccepted() {
        start();
        serve(servlets -> ResultCallbackServlet.register(servlets, "/callback", null, inbox()));

        assertThat(get("id=t1&code=a")).isEqualTo(200);
        assertThat(post("id=t2&code=b&key=whatever")).isEqualTo(200);
        assertThat(codes()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void callersWithoutTheKeyAreLoggedOnceAMinuteWithACountAndNothingTheySent() {
        TestTicker ticker = new TestTicker();
        start();
        serve(new ResultCallbackServlet(inbox(), () -> KEY, ticker, 32));

        get("id=some-id&code=some-code&key=some-key-or-other");
        get("id=some-id&code=some-code");
        post("id=some-id&code=some-code&key=some-key-or-other");
        assertThat(log.lines())
                .containsExactly(
                        "WARN Callbacks without the right key were answered with 403: 1 since the last line, the"
                                + " last one from 127.0.0.1; the service must send the value of callback-key, or a key of"
                                + " callback-key-file");
        ticker.advance(Duration.ofSeconds(59));
        get("id=some-id");
        assertThat(log.lines()).isEmpty();
        ticker.advance(Duration.ofSeconds(1));
        get("id=some-id");

        assertThat(log.lines()).singleElement().asString().contains(": 4 since the last");
    }

    @Test
    void aForgedAddressIsEscaped() {
        start();
        context.addFilter(
                (request, response, chain) -> chain.doFilter(
                        new jakarta.servlet.http.HttpServletRequestWrapper(
                                (jakarta.servlet.http.HttpServletRequest) request) {
                            @Override
                            public String getRemoteAddr() {
                                return "1.2.3.4\n2026-01-01 ERROR forged" + "x".repeat(5000);
                            }
                        },
                        response),
                "/*",
                java.util.EnumSet.of(jakarta.servlet.DispatcherType.REQUEST));
        serve();

        get("id=t1");

        assertThat(log.lines()).singleElement().asString().doesNotContain("\n").hasSizeLessThan(500);
    }
}
