package com.playtcha.jakarta.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Scripted answers and faults, byte by byte. */
class StandInRepliesTest {
    private static final Duration GAP = Duration.ofMillis(1);
    private static final Duration NEVER = Duration.ofHours(1);

    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    @AfterEach
    void stop() {
        playtcha.close();
    }

    @Test
    void aScriptIsPlayedOnceThenTheStandingReplyThenTheTokens() throws IOException {
        playtcha.script(Reply.status(418), Reply.error(500, "db_error", "down")).always(Reply.json(200, "{}"));
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(answer(client, "ok-1")).startsWith("HTTP/1.1 418 ").contains("Content-Length: 0\r\n");
            assertThat(answer(client, "ok-1")).startsWith("HTTP/1.1 500 ");
            assertThat(answer(client, "ok-1")).endsWith("\r\n\r\n{}");
            assertThat(answer(client, "ok-1")).endsWith("\r\n\r\n{}");
            playtcha.always(null);
            assertThat(answer(client, "ok-1")).contains("\"success\":true");
        }
    }

    @Test
    void whatIsScriptedOnceARequestWasSeenIsForTheNextOne() throws IOException {
        for (int i = 1; i <= 50; i++) {
            try (RawClient client = new RawClient(playtcha.port())) {
                client.send(RawClient.verify("ok-" + i));
                playtcha.awaitRequests(2 * i - 1, Duration.ofSeconds(10));
                playtcha.script(Reply.status(418));
                assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ");
                assertThat(answer(client, "ok-" + i)).startsWith("HTTP/1.1 418 ");
            }
        }
    }

    @Test
    void aFunctionIsAskedFirstAndMayLeaveItToTheRest() throws IOException {
        playtcha.onRequest(request -> request.token().startsWith("mine") ? Reply.okDegraded() : null)
                .script(Reply.successFalse());
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(answer(client, "mine")).contains("\"degraded\":true");
            assertThat(answer(client, "ok-1")).contains("\"success\":false");
            assertThat(answer(client, "ok-1")).contains("\"success\":true");
        }
    }

    @Test
    void aFunctionThatThrowsIsSeenInTheAnswer() throws IOException {
        playtcha.onRequest(request -> {
            throw new IllegalStateException("no such \"case\"");
        });
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(answer(client, "ok-1"))
                    .startsWith("HTTP/1.1 500 ")
                    .contains("stand_in_script_failed", "no such \\\"case\\\"");
        }
    }

    @Test
    void headersAreSentAsGivenAndReplaceTheUsualOnes() throws IOException {
        playtcha.script(Reply.ok()
                .header("Set-Cookie", "a=b")
                .header("Set-Cookie", "c=d")
                .header("Content-Type", "text/html")
                .header("Content-Length", "3")
                .withoutDate());
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(answer(client, "ok-1"))
                    .isEqualTo("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\nContent-Type: text/html\r\n"
                            + "Content-Length: 3\r\n\r\n{\"s");
        }
    }

    @Test
    void anEnvelopeCanHaveAFixedIdAndAnyText() throws IOException {
        playtcha.script(Reply.error(422, "new_code", "a \"b\" \\ \n é").requestId("req_7"));
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(answer(client, "ok-1"))
                    .contains("{\"error\":{\"code\":\"new_code\",\"message\":\"a \\\"b\\\" \\\\ \\u000a é\","
                            + "\"request_id\":\"req_7\",\"docs\":\"");
        }
    }

    @Test
    void rawBytesAreSentAsTheyAre() throws IOException {
        playtcha.script(Reply.raw("no HTTP at all\0").thenClose());
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(client.send(RawClient.verify("ok-1")).readToEnd()).isEqualTo("no HTTP at all\0");
        }
    }

    static List<Reply> sameAnswerInOtherWays() {
        return List.of(
                Reply.ok(),
                Reply.ok().dripHeaders(GAP),
                Reply.ok().dripBody(GAP),
                Reply.ok().dripHeaders(GAP).dripBody(GAP),
                Reply.ok().delay(GAP),
                Reply.ok().holdUntil(CompletableFuture.completedFuture("go")),
                Reply.ok().holdUntil(CompletableFuture.failedFuture(new IOException())),
                Reply.ok().holdUntil(new CountDownLatch(0)));
    }

    @ParameterizedTest
    @MethodSource("sameAnswerInOtherWays")
    void slowWaysBringTheSameAnswerAndKeepTheConnection(Reply reply) throws IOException {
        playtcha.script(reply, reply);
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(answer(client, "ok-1")).endsWith("{\"success\":true,\"degraded\":false}");
            assertThat(playtcha.inFlight()).isZero();
            assertThat(answer(client, "ok-2")).endsWith("{\"success\":true,\"degraded\":false}");
        }
    }

    @Test
    void aDripSendsByteByByte() throws IOException {
        playtcha.script(Reply.ok().dripBody(NEVER), Reply.ok().dripHeaders(NEVER));
        try (RawClient client = new RawClient(playtcha.port())) {
            client.send(RawClient.verify("ok-1"));
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(client.read(1)).isEqualTo("{");
            assertThat(client.available()).isZero();
        }
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(client.send(RawClient.verify("ok-1")).read(1)).isEqualTo("H");
            assertThat(client.available()).isZero();
        }
        await().until(() -> playtcha.openConnections() == 0 && playtcha.inFlight() == 0);
    }

    @Test
    void aHeldAnswerComesWhenItIsReleased() throws IOException {
        CountDownLatch latch = new CountDownLatch(1);
        CompletableFuture<Void> stage = new CompletableFuture<>();
        playtcha.script(Reply.ok().holdUntil(latch), Reply.ok().holdUntil(stage));
        try (RawClient client = new RawClient(playtcha.port())) {
            client.send(RawClient.verify("ok-1"));
            playtcha.awaitRequests(1, Duration.ofSeconds(10));
            assertThat(playtcha.inFlight()).isEqualTo(1);
            latch.countDown();
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ");
            client.send(RawClient.verify("ok-2"));
            playtcha.awaitRequests(2, Duration.ofSeconds(10));
            stage.complete(null);
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ");
        }
    }

    static Stream<Reply> unanswered() {
        return Stream.of(
                Reply.hang(),
                Reply.ok().delay(NEVER),
                Reply.ok().holdUntil(new CountDownLatch(1)),
                Reply.ok().holdUntil(new CompletableFuture<>()),
                Reply.ok().interim(102, NEVER));
    }

    @ParameterizedTest
    @MethodSource("unanswered")
    void aClientThatLeavesIsNoticedInEveryWait(Reply reply) throws IOException {
        playtcha.script(reply);
        try (RawClient client = new RawClient(playtcha.port())) {
            client.send(RawClient.verify("ok-1"));
            playtcha.awaitRequests(1, Duration.ofSeconds(10));
        }
        await().until(() -> playtcha.openConnections() == 0 && playtcha.inFlight() == 0);
    }

    @Test
    void truncationSendsTheFirstBytesAndCloses() throws IOException {
        playtcha.script(
                Reply.ok().truncateAfter(0),
                Reply.ok().truncateAfter(12),
                Reply.ok().dripHeaders(GAP).dripBody(GAP).withoutDate().truncateAfter(76));
        assertThat(oneToEnd()).isEmpty();
        assertThat(oneToEnd()).isEqualTo("HTTP/1.1 200");
        assertThat(oneToEnd()).hasSize(76).endsWith("\r\n\r\n{\"suc");
    }

    @Test
    void closingWithoutAnAnswerSendsNothing() throws IOException {
        playtcha.script(Reply.closeWithoutAnswer());
        assertThat(oneToEnd()).isEmpty();
    }

    @Test
    void aResetIsAReset() throws IOException {
        playtcha.script(Reply.resetConnection(), Reply.ok().resetConnection(12));
        assertThatIOException().isThrownBy(this::oneToEnd).isInstanceOf(SocketException.class);
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(client.send(RawClient.verify("ok-1")).read(12)).isEqualTo("HTTP/1.1 200");
            assertThatIOException().isThrownBy(client::readToEnd).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void closesAfterTheAnswerWithOrWithoutSayingSo() throws IOException {
        playtcha.script(
                Reply.ok().thenClose(), Reply.ok().announceClose(), Reply.ok().withoutContentLength());
        assertThat(oneToEnd()).doesNotContain("Connection:").endsWith("false}");
        assertThat(oneToEnd()).contains("\r\nConnection: close\r\n").endsWith("false}");
        assertThat(oneToEnd()).doesNotContain("Content-Length").endsWith("false}");
    }

    @Test
    void extraBytesWaitOnTheConnection() throws IOException {
        playtcha.script(Reply.ok()
                .withoutDate()
                .thenExtraBytes("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"success\":true}")
                .thenExtraBytesAfter(GAP, "late"));
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(answer(client, "ok-1")).endsWith("\"degraded\":false}");
            assertThat(client.readAnswer()).endsWith("{\"success\":true}");
            assertThat(client.read(4)).isEqualTo("late");
            assertThat(answer(client, "invalid-1")).startsWith("HTTP/1.1 401 ");
        }
    }

    @Test
    void theAnswerIsOverBeforeLateExtraBytes() throws IOException {
        playtcha.script(Reply.ok().thenExtraBytesAfter(NEVER, "never"));
        try (RawClient client = new RawClient(playtcha.port())) {
            answer(client, "ok-1");
            assertThat(playtcha.inFlight()).isZero();
        }
    }

    @Test
    void mayCloseAnIdleConnectionLater() throws IOException {
        playtcha.script(Reply.ok().thenCloseAfter(GAP));
        assertThat(oneToEnd()).doesNotContain("Connection:").endsWith("false}");
    }

    @Test
    void chunkedIsChunked() throws IOException {
        playtcha.script(
                Reply.json(200, "{\"a\":1}").chunked().thenClose(),
                Reply.status(200).chunked().thenClose());
        assertThat(oneToEnd())
                .contains("\r\nTransfer-Encoding: chunked\r\n")
                .doesNotContain("Content-Length")
                .endsWith("\r\n\r\n7\r\n{\"a\":1}\r\n0\r\n\r\n");
        assertThat(oneToEnd()).endsWith("\r\n\r\n0\r\n\r\n");
    }

    @Test
    void anEndlessBodyGoesOnUntilTheClientLeaves() throws IOException {
        playtcha.script(Reply.ok().endless(), Reply.ok().chunked().endless());
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(client.send(RawClient.verify("ok-1")).readHead()).doesNotContain("Content-Length");
            assertThat(client.read(1_000_000)).startsWith("{\"success\":true").endsWith(" ");
            assertThat(playtcha.inFlight()).isEqualTo(1);
        }
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(client.send(RawClient.verify("ok-1")).readHead()).contains("Transfer-Encoding: chunked");
            assertThat(client.read(1_000_000)).contains("\r\n2000\r\n  ");
        }
        await().until(() -> playtcha.openConnections() == 0 && playtcha.inFlight() == 0);
    }

    @Test
    void interimResponsesComeBeforeTheAnswer() throws IOException {
        playtcha.script(Reply.ok().interim(102).interim(103, GAP));
        try (RawClient client = new RawClient(playtcha.port())) {
            client.send(RawClient.verify("ok-1"));
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 102 Processing\r\n\r\n");
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 103 Early Hints\r\n\r\n");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void aStatusWithoutABodyHasNone() throws IOException {
        playtcha.script(Reply.json(204, "{}"), Reply.json(304, "{}"));
        try (RawClient client = new RawClient(playtcha.port())) {
            client.send(RawClient.verify("a") + RawClient.verify("b") + RawClient.verify("invalid"));
            assertThat(client.readHead()).startsWith("HTTP/1.1 204 ").doesNotContain("Content-Length");
            assertThat(client.readHead()).startsWith("HTTP/1.1 304 ").doesNotContain("Content-Length");
            assertThat(client.readHead()).startsWith("HTTP/1.1 401 ");
        }
    }

    @Test
    void aReplyIsNotChangedByVaryingIt() throws IOException {
        byte[] body = {'a'};
        Reply plain = Reply.status(200).body(body);
        body[0] = 'b';
        Reply varied = plain.header("X-Varied", "yes").announceClose();
        playtcha.script(plain, varied);
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(answer(client, "ok-1")).doesNotContain("X-Varied").endsWith("\r\n\r\na");
            assertThat(answer(client, "ok-1")).contains("X-Varied: yes");
        }
    }

    @Test
    void repliesThatMakeNoSenseAreRefused() {
        Reply reply = Reply.ok();
        assertThatIllegalArgumentException().isThrownBy(() -> Reply.status(99));
        assertThatIllegalArgumentException().isThrownBy(() -> reply.interim(200));
        assertThatIllegalArgumentException().isThrownBy(() -> reply.delay(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> reply.truncateAfter(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> reply.header("a b", "c"));
        assertThatIllegalArgumentException().isThrownBy(() -> reply.header("a", "b\r\nc: d"));
    }

    @Test
    void theRawClientTellsAnEarlyEnd() throws IOException {
        playtcha.script(Reply.ok().truncateAfter(5));
        try (RawClient client = new RawClient(playtcha.port())) {
            client.send(RawClient.verify("ok-1"));
            assertThatIOException().isThrownBy(() -> client.read(6)).isInstanceOf(EOFException.class);
        }
    }

    private static String answer(RawClient client, String token) throws IOException {
        return client.send(RawClient.verify(token)).readAnswer();
    }

    private String oneToEnd() throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            return client.send(RawClient.verify("ok-1")).readToEnd();
        }
    }
}
