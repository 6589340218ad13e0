package com.playtcha.jakarta.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.config.GuardSettings.ProxySetting;
import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.http.TaskResponse.Kind;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.testkit.ReceivedPoll;
import com.playtcha.jakarta.testkit.Reply;
import com.playtcha.jakarta.testkit.ResultServiceStandIn;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked, and what each answer means (contract, section 7). */
class HttpTaskClientTest {
    private static final String KEY = "test-poll-key";
    private static final int MOST = 64 * 1024;

    private final ResultServiceStandIn service = ResultServiceStandIn.start();
    private final List<HttpTaskClient> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(HttpTaskClient::close);
        service.close();
    }

    private HttpTaskClient open() {
        return open(service.pollUrl(), SecretSource.fixed(KEY));
    }

    private HttpTaskClient open(URI url, SecretSource key) {
        HttpTaskClient poller =
                new HttpTaskClient(url, key, ProxySetting.NONE, Duration.ofSeconds(10), 4, new StrictJson());
        opened.add(poller);
        return poller;
    }

    private static TaskResponse failure(TaskResponse poll) {
        assertThat(poll.kind()).isNotIn(Kind.READY, Kind.NOT_READY, Kind.PERMANENT_ERROR);
        return poll;
    }

    private static void assertReady(TaskResponse poll, String code) {
        assertThat(poll.kind()).isEqualTo(Kind.READY);
        assertThat(poll.text()).isEqualTo(code);
    }

    private static void assertPermanent(TaskResponse poll, String error) {
        assertThat(poll.kind()).isEqualTo(Kind.PERMANENT_ERROR);
        assertThat(poll.text()).isEqualTo(error);
    }

    @Test
    void asksAsTheWireSaysAndSendsNothingElse() {
        service.createTask("17");
        open().poll("17");

        ReceivedPoll poll = service.polls().get(0);
        assertThat(poll.target()).isEqualTo("/res.php?key=" + KEY + "&action=get&id=17&json=1");
        assertThat(poll.headers().keySet().stream().map(name -> name.toLowerCase(Locale.ROOT)))
                .containsExactlyInAnyOrder("host", "user-agent", "accept");
        assertThat(poll.headers().get("Host")).containsExactly("127.0.0.1:" + service.port());
        assertThat(service.malformed()).isEmpty();
    }

    @Test
    void followsATaskFromNotReadyToItsResult() {
        String id = service.createTask();
        HttpTaskClient poller = open();

        assertThat(poller.poll(id).kind()).isEqualTo(Kind.NOT_READY);
        service.complete(id, "a \"result\" \\ ü\u0001 \uD83D\uDE00");
        assertReady(poller.poll(id), "a \"result\" \\ ü\u0001 \uD83D\uDE00");
        assertPermanent(poller.poll("another"), "ERROR_WRONG_CAPTCHA_ID");
        assertThat(service.pollCount(id)).isEqualTo(2);
    }

    @Test
    void aTaskThatFailedHasFailedForGood() {
        String id = service.createTask();
        service.fail(id, "ERROR_CAPTCHA_UNSOLVABLE");

        assertPermanent(open().poll(id), "ERROR_CAPTCHA_UNSOLVABLE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"&key=2&id=3#%26=%+ü ;/?:@", "漢字 \uD83D\uDE00", "a b+c", "../../etc/passwd\r\nX: y", "\u0000"})
    void keysAndIdsArriveAsTheyAre(String hostile) {
        String key = hostile.replaceAll("\\p{Cntrl}", "") + "-key";
        service.createTask(hostile);
        service.complete(hostile, "its own");
        HttpTaskClient poller = open(service.pollUrl(), SecretSource.fixed(key));
        service.always(null)
                .onPoll(poll -> poll.key().filter(key::equals).isPresent()
                        ? Reply.json(200, "{\"status\":1,\"request\":\"right key\"}")
                        : null);

        assertReady(poller.poll(hostile), "right key");
        ReceivedPoll poll = service.polls().get(0);
        assertThat(poll.id()).isEqualTo(hostile);
        assertThat(poll.target()).matches("/res\\.php\\?key=[A-Za-z0-9._~%-]+&action=get&id=[A-Za-z0-9._~%-]+&json=1");
        assertThat(service.malformed()).isEmpty();
    }

    @Test
    void anIdThatUtf8CannotExpressIsNotSentAsAnother() {
        service.createTask("a?");
        service.complete("a?", "somebody else's");

        assertThat(open().poll("a\uD800").kind()).isEqualTo(Kind.PERMANENT_ERROR);
        assertThat(service.pollCount()).isZero();
    }

    @Test
    void withoutAKeyNoneIsSentAndAQueryOfTheUrlIsKept() {
        open(URI.create(service.pollUrl() + "?v=2&x=%C3%BC"), null).poll("17");
        open(URI.create(service.pollUrl() + "?"), SecretSource.fixed(KEY)).poll("18");
        open(URI.create(service.pollUrl() + "?n=ü#part"), SecretSource.fixed(KEY))
                .poll("19");

        assertThat(service.polls().stream().map(ReceivedPoll::target))
                .containsExactly(
                        "/res.php?v=2&x=%C3%BC&action=get&id=17&json=1",
                        "/res.php?key=" + KEY + "&action=get&id=18&json=1",
                        "/res.php?n=%C3%BC&key=" + KEY + "&action=get&id=19&json=1");
    }

    @Test
    void aUrlWithoutAPathAsksForTheRoot() {
        TaskResponse failure = failure(
                open(URI.create("http://127.0.0.1:" + service.port()), null).poll("17"));

        assertThat(failure.text()).contains("404");
        assertThat(service.malformed()).singleElement().asString().startsWith("GET /: 404");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"status\":1,\"request\":\"r\",\"more\":{\"a\":[1]},\"status_text\":\"ok\"}",
                " {\"request\":\"r\",\"status\":1} ",
                "{\"status\":1.0,\"request\":\"r\"}",
                "{\"status\":1,\"request\":\"\\u0072\"}"
            })
    void otherMembersOrderAndSpellingDoNotMatter(String body) {
        service.script(Reply.json(200, body), Reply.json(201, body).chunked());
        HttpTaskClient poller = open();

        assertReady(poller.poll("17"), "r");
        assertReady(poller.poll("17"), "r");
    }

    @Test
    void notReadyIsUnderstoodInBothSpellings() {
        service.script(
                Reply.json(200, "{\"status\":0,\"request\":\"CAPCHA_NOT_READY\"}"),
                Reply.json(200, "{\"status\":0,\"request\":\"CAPTCHA_NOT_READY\"}"));
        HttpTaskClient poller = open();

        assertThat(poller.poll("17").kind()).isEqualTo(Kind.NOT_READY);
        assertThat(poller.poll("17").kind()).isEqualTo(Kind.NOT_READY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "OK|result",
                "null",
                "[]",
                "{}",
                "{\"status\":1}",
                "{\"request\":\"r\"}",
                "{\"status\":\"1\",\"request\":\"r\"}",
                "{\"status\":true,\"request\":\"r\"}",
                "{\"status\":null,\"request\":\"r\"}",
                "{\"status\":2,\"request\":\"r\"}",
                "{\"status\":-1,\"request\":\"r\"}",
                "{\"status\":0.5,\"request\":\"r\"}",
                "{\"status\":1e999999999,\"request\":\"r\"}",
                "{\"status\":1e99999999999,\"request\":\"r\"}",
                "{\"status\":0,\"request\":null}",
                "{\"status\":0,\"request\":\"\"}",
                "{\"status\":0,\"request\":\" \"}",
                "{\"status\":1,\"request\":\"\"}",
                "{\"status\":1,\"request\":5}",
                "{\"status\":1,\"request\":{\"token\":\"r\"}}",
                "{\"status\":1,\"request\":[\"r\"]}",
                "{\"status\":0,\"status\":1,\"request\":\"r\"}",
                "{\"status\":1,\"request\":\"r\",\"request\":\"s\"}",
                "{\"status\":1,\"request\":\"r\"}{\"status\":1,\"request\":\"r\"}",
                "{\"status\":1,\"request\":\"r\"}x",
                "{\"status\":1,\"request\":\"r",
                "{\"status\":1,\"request\":\"r\",\"x\":{",
                "{\"Status\":1,\"Request\":\"r\"}",
                "<html>We'll be back soon</html>"
            })
    void whatIsNoSuchObjectSaysNothingAboutTheTask(String body) {
        service.script(Reply.json(200, body));

        assertThat(failure(open().poll("17")).pause()).isNull();
    }

    static Stream<Arguments> unusableBodies() {
        byte[] invalidUtf8 = "{\"status\":1,\"request\":\"?\"}".getBytes(StandardCharsets.UTF_8);
        invalidUtf8[invalidUtf8.length - 3] = (byte) 0xc3;
        String good = "{\"status\":1,\"request\":\"r\"}";
        return Stream.of(
                Arguments.of("invalid UTF-8", Reply.status(200).body(invalidUtf8)),
                Arguments.of(
                        "33 levels",
                        Reply.json(
                                200, "{\"status\":1,\"request\":\"r\",\"x\":" + "[".repeat(32) + "]".repeat(32) + "}")),
                Arguments.of("one byte too many", ready("x".repeat(MOST + 1))),
                Arguments.of("too many bytes in few characters", ready("ü".repeat(MOST / 2) + "x")),
                Arguments.of("a large answer", Reply.json(200, good + " ".repeat(7 * MOST))),
                Arguments.of("gzip", Reply.json(200, good).header("Content-Encoding", "gzip")),
                Arguments.of("no content", Reply.status(204)),
                Arguments.of(
                        "endless",
                        Reply.json(200, "{\"status\":1,\"request\":\"").endless()));
    }

    private static Reply ready(String code) {
        return Reply.json(200, "{\"status\":1,\"request\":\"" + code + "\"}");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unusableBodies")
    void aBodyThatCannotBeReadSaysNothingAboutTheTask(String name, Reply reply) {
        String id = service.createTask();
        service.script(reply);
        HttpTaskClient poller = open();

        failure(poller.poll(id));
        assertThat(poller.poll(id).kind()).as("the next poll").isEqualTo(Kind.NOT_READY);
    }

    @Test
    void aResultOf64KibIsReadEvenWhereAllOfItIsEscaped() {
        service.script(ready("x".repeat(MOST)), ready("ü".repeat(MOST / 2)), ready("\\u0001".repeat(MOST)));
        HttpTaskClient poller = open();

        assertReady(poller.poll("17"), "x".repeat(MOST));
        assertReady(poller.poll("17"), "ü".repeat(MOST / 2));
        assertReady(poller.poll("17"), "\u0001".repeat(MOST));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 407, 408, 409, 410, 425, 500, 502, 503, 504, 599})
    void anErrorStatusIsNeverTheTasksWhateverItsBodySays(int status) {
        service.script(Reply.json(status, "{\"status\":0,\"request\":\"ERROR_CAPTCHA_UNSOLVABLE\"}"));

        TaskResponse failure = failure(open().poll("17"));

        assertThat(failure.text()).contains(Integer.toString(status));
        assertThat(failure.pause()).isNull();
        assertThat(service.pollCount()).as("nothing is tried again").isEqualTo(1);
    }

    @ParameterizedTest(name = "{0} Retry-After: {1}")
    @CsvSource({
        "429, 7, 7",
        "429, 0, 1",
        "429, , 1",
        "429, soon, 1",
        "503, 30, 30",
        "500, 99999999999, 2147483647",
        "302, 5, 5",
    })
    void retryAfterIsHeeded(int status, String header, int seconds) {
        Reply reply = Reply.status(status);
        service.script(header == null ? reply : reply.header("Retry-After", header));

        assertThat(failure(open().poll("17")).pause()).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void aDateInRetryAfterIsRelativeToTheAnswersOwn() {
        service.script(Reply.status(429)
                .header("Date", "Fri, 01 Jan 1999 00:00:00 GMT")
                .header("Retry-After", "Fri, 01 Jan 1999 00:01:40 GMT"));

        assertThat(failure(open().poll("17")).pause()).isEqualTo(Duration.ofSeconds(100));
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 302, 303, 304, 307, 308})
    void noRedirectIsFollowed(int status) {
        try (ResultServiceStandIn other = ResultServiceStandIn.start()) {
            service.script(
                    Reply.status(status).header("Location", other.pollUrl().toString()));

            assertThat(failure(open().poll("17")).text()).isEqualTo("HTTP status " + status);
            assertThat(other.connectionCount()).isZero();
        }
    }

    @Test
    void pollsInARowUseConnectionsAgain() {
        String id = service.createTask();
        HttpTaskClient poller = open();
        for (int i = 0; i < 100; i++) {
            assertThat(poller.poll(id).kind()).isEqualTo(Kind.NOT_READY);
        }
        // One that is still looked after when the next poll begins is not used for it; on a busy machine those are
        // some.
        assertThat(service.connectionCount()).isLessThan(50);
    }

    /** The wrong task's result: what waits on a kept-alive connection is never the next answer. */
    @Test
    void surplusBytesAreNeverTheNextTasksResult() {
        String stray = "{\"status\":1,\"request\":\"stray\"}";
        String extra = "HTTP/1.1 200 OK\r\nContent-Length: " + stray.length() + "\r\n\r\n" + stray;
        String id = service.createTask();
        for (int i = 0; i < 30; i++) {
            // A new one each time: it stops reusing connections once it has seen such a thing.
            HttpTaskClient poller = open();
            service.script(ready("r").thenExtraBytes(extra));
            assertReady(poller.poll("17"), "r");
            assertThat(poller.poll(id).kind()).as("round %s", i).isEqualTo(Kind.NOT_READY);
        }
    }
}
