package com.playtcha.jakarta.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The poll wire of the stand-in for a service. */
class ResultServicePollsTest {
    private static final String KEY = "key=test-poll-key&";
    private static final Duration AT_MOST = Duration.ofSeconds(20);

    private final ResultServiceStandIn service = ResultServiceStandIn.start();

    @AfterEach
    void stop() {
        service.close();
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: here\r\n\r\n";
    }

    private static String poll(String id) {
        return get("/res.php?" + KEY + "action=get&id=" + id + "&json=1");
    }

    private String answerTo(String request) throws IOException {
        return answerTo(service, request);
    }

    private static String answerTo(ResultServiceStandIn asked, String request) throws IOException {
        try (RawClient client = new RawClient(asked.port())) {
            return client.send(request).readAnswer();
        }
    }

    @Test
    void answersAsTheTaskStands() throws IOException {
        String done = service.createTask();
        String failed = service.createTask();
        assertThat(service.unfinishedTasks()).containsExactly(done, failed);
        assertThat(answerTo(poll(done)))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("{\"status\":0,\"request\":\"CAPCHA_NOT_READY\"}");
        service.complete(done, "a\"b");
        service.fail(failed, "ERROR_CAPTCHA_UNSOLVABLE");

        assertThat(answerTo(poll(done))).endsWith("{\"status\":1,\"request\":\"a\\\"b\"}");
        assertThat(answerTo(poll(failed))).endsWith("{\"status\":0,\"request\":\"ERROR_CAPTCHA_UNSOLVABLE\"}");
        assertThat(answerTo(poll("nobodys"))).endsWith("{\"status\":0,\"request\":\"ERROR_WRONG_CAPTCHA_ID\"}");
        assertThat(service.pollCount()).isEqualTo(4);
        assertThat(service.pollCount(done)).isEqualTo(2);
        assertThat(service.pollCount(failed)).isEqualTo(1);
        assertThat(service.unfinishedTasks()).isEmpty();
        assertThat(service.polls().get(0).id()).isEqualTo(done);
        assertThat(service.polls().get(0).key()).contains("test-poll-key");
        assertThat(service.polls().toString()).doesNotContain("test-poll-key");
    }

    @Test
    void aWrongKeyOrNoneIsToldUnlessNoneIsWanted() throws IOException {
        service.createTask("1");
        String wrong = "{\"status\":0,\"request\":\"ERROR_WRONG_USER_KEY\"}";
        assertThat(answerTo(get("/res.php?key=x&action=get&id=1&json=1"))).endsWith(wrong);
        assertThat(answerTo(get("/res.php?action=get&id=1&json=1"))).endsWith(wrong);
        try (ResultServiceStandIn open =
                ResultServiceStandIn.builder().pollKey(null).start()) {
            open.createTask("1");
            assertThat(answerTo(open, get("/res.php?action=get&id=1&json=1"))).endsWith(TaskStore.NOT_READY);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, 404",
        "GET, /res.php/x?action=get&id=1&json=1, 404",
        "POST, /res.php?action=get&id=1&json=1, 405",
        "GET, /res.php, 400",
        "GET, /res.php?action=get&json=1, 400",
        "GET, /res.php?action=get&id=&json=1, 400",
        "GET, /res.php?action=get&id=1, 400",
        "GET, /res.php?id=1&json=1, 400",
        "GET, /res.php?action=get&id=1&id=2&json=1, 400",
        "GET, /res.php?action=get&id=%zz&json=1, 400",
        "GET, /res.php?action=get&id=%4&json=1, 400",
        "GET, /res.php?action=get&id=%ff&json=1, 400",
        "GET, /res.php?key=hidden&action=get&id=ü&json=1, 400",
    })
    void whatIsNoPollIsRefusedAndTold(String method, String target, int status) throws IOException {
        service.always(Reply.status(418));

        assertThat(answerTo(get(target).replaceFirst("GET", method))).startsWith("HTTP/1.1 " + status + " ");
        assertThat(service.malformed())
                .singleElement()
                .asString()
                .contains(": " + status + ", ")
                .doesNotContain("hidden");
        assertThat(service.pollCount()).isZero();
    }

    @Test
    void idsAreDecoded() throws IOException {
        service.createTask("a b&ü%");
        service.complete("a b&ü%", "r");
        assertThat(answerTo(poll("a%20b%26%C3%bc%25"))).endsWith("{\"status\":1,\"request\":\"r\"}");
        assertThat(answerTo(poll("a+b%26%C3%bc%25"))).endsWith("{\"status\":1,\"request\":\"r\"}");
    }

    @Test
    void scriptsComeFirst() throws IOException {
        service.createTask("1");
        service.script(Reply.status(500), Reply.status(429).header("Retry-After", "3"));
        assertThat(answerTo(poll("1"))).startsWith("HTTP/1.1 500 ");
        assertThat(answerTo(poll("1"))).startsWith("HTTP/1.1 429 ").contains("Retry-After: 3");
        service.onPoll(poll -> poll.id().equals("1") ? Reply.status(503) : null);
        assertThat(answerTo(poll("1"))).startsWith("HTTP/1.1 503 ");
        assertThat(answerTo(poll("2"))).endsWith("{\"status\":0,\"request\":\"ERROR_WRONG_CAPTCHA_ID\"}");
        service.onPoll(poll -> {
            throw new IllegalStateException("a bug");
        });
        assertThat(answerTo(poll("1"))).startsWith("HTTP/1.1 500 ");
        service.onPoll(null).always(Reply.status(502));
        assertThat(answerTo(poll("1"))).startsWith("HTTP/1.1 502 ");
        service.always(null);
        assertThat(answerTo(poll("1"))).endsWith(TaskStore.NOT_READY);
    }

    @Test
    void refusesAndComesBackAndForgets() throws IOException {
        service.createTask("1");
        answerTo(poll("1"));
        service.refuse();
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> answerTo(poll("1")));
        service.accept();
        assertThat(answerTo(poll("1"))).endsWith(TaskStore.NOT_READY);
        service.script(Reply.hang());
        try (RawClient client = new RawClient(service.port())) {
            client.send(poll("1"));
            service.awaitPolls(3, AT_MOST);
            service.reset();
            assertThat(client.endedOrReset()).isTrue();
        }
        assertThat(service.polls()).isEmpty();
        assertThat(answerTo(poll("1"))).endsWith("{\"status\":0,\"request\":\"ERROR_WRONG_CAPTCHA_ID\"}");
        assertThatIllegalStateException()
                .isThrownBy(() -> service.awaitPolls(2, Duration.ofMillis(1)))
                .withMessageContaining("1 came");
    }

    @Test
    void idsAreNewInEveryRun() {
        Clock first = Clock.fixed(Instant.parse("2030-01-01T00:00:00Z"), ZoneOffset.UTC);
        try (ResultServiceStandIn one =
                        ResultServiceStandIn.builder().clock(first).start();
                ResultServiceStandIn two = ResultServiceStandIn.builder()
                        .clock(Clock.offset(first, Duration.ofSeconds(1)))
                        .start()) {
            assertThat(one.createTask()).isEqualTo("1893456000000000");
            assertThat(one.createTask()).isEqualTo("1893456000000001");
            one.createTask("1893456000000002");
            assertThat(one.createTask()).isEqualTo("1893456000000003");
            assertThat(two.createTask()).isEqualTo("1893456001000000");
        }
    }

    @Test
    void aTaskHasOneResult() {
        service.createTask("1");
        assertThatIllegalArgumentException().isThrownBy(() -> service.createTask("1"));
        assertThatIllegalArgumentException().isThrownBy(() -> service.createTask(""));
        assertThatIllegalArgumentException().isThrownBy(() -> service.complete("2", "r"));
        service.complete("1", "r");
        assertThatIllegalStateException().isThrownBy(() -> service.complete("1", "s"));
        assertThatIllegalStateException().isThrownBy(() -> service.fail("1", "e"));
    }
}
