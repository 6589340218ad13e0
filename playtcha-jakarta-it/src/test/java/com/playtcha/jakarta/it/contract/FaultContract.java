package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.testkit.Reply;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 2, UNAVAILABLE: no verdict can be had, and the policy decides. */
public interface FaultContract extends ContractPart {
    String HERE = "com.playtcha.jakarta.it.contract.FaultContract#";

    /** What is wrong, how it is played, the reason. */
    static Stream<Arguments> faults() {
        return Stream.of(
                arguments("500", Reply.error(500, "db_error", "Down."), "server-error"),
                arguments("503 of a load balancer", Reply.status(503).body("busy"), "server-error"),
                arguments("another host", redirect(307), "not-playtcha"),
                arguments("another page", redirect(302), "not-playtcha"),
                arguments(
                        "1xx",
                        Reply.raw("HTTP/1.1 101 Switching Protocols\r\n\r\n").thenClose(),
                        "io"),
                arguments("empty", json(""), "not-playtcha"),
                arguments("no JSON", json("<html>"), "not-playtcha"),
                arguments("a string", json("\"true\""), "not-playtcha"),
                arguments("null", json("null"), "not-playtcha"),
                arguments("an array", json("[{\"success\":true}]"), "not-playtcha"),
                arguments("success as a string", json("{\"success\":\"true\"}"), "not-playtcha"),
                arguments("success as a number", json("{\"success\":1}"), "not-playtcha"),
                arguments("success null", json("{\"success\":null}"), "not-playtcha"),
                arguments("no success", json("{\"degraded\":true}"), "not-playtcha"),
                arguments("success twice", json("{\"success\":false,\"success\":true}"), "not-playtcha"),
                arguments("trailing garbage", json("{\"success\":true}x"), "not-playtcha"),
                arguments("cut inside the document", json("{\"success\":true,\"x\":{"), "not-playtcha"),
                arguments("invalid UTF-8", Reply.status(200).body(invalidUtf8()), "not-playtcha"),
                arguments("33 levels", json(nested(33)), "not-playtcha"),
                arguments("over 64 KiB", json("{\"success\":true}" + " ".repeat(65_536)), "not-playtcha"),
                arguments("gzip", Reply.ok().header("Content-Encoding", "gzip"), "not-playtcha"),
                arguments("closed", Reply.closeWithoutAnswer(), "io"),
                arguments("reset", Reply.resetConnection(), "io"),
                arguments("cut inside the head", Reply.ok().truncateAfter(40), "io"),
                arguments("cut inside the body", cut(), "io"),
                arguments("no HTTP", Reply.raw("SSH-2.0-x\r\n\r\n").thenClose(), "io"));
    }

    /** What is there of the body is a whole document. */
    private static Reply cut() {
        return Reply.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"
                        + "{\"success\":true}")
                .thenClose();
    }

    private static Reply json(String body) {
        return Reply.json(200, body);
    }

    private static Reply redirect(int status) {
        return Reply.status(status).header("Location", StandIns.OTHER.baseUrl() + "/v1/verify");
    }

    private static String nested(int levels) {
        return "{\"success\":true,\"x\":" + "[".repeat(levels - 1) + "]".repeat(levels - 1) + "}";
    }

    private static byte[] invalidUtf8() {
        byte[] bytes = "{\"success\":true,\"x\":\"?\"}".getBytes(StandardCharsets.US_ASCII);
        bytes[bytes.length - 3] = (byte) 0xff;
        return bytes;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(HERE + "faults")
    default void faultIsLetThroughByAGuardThatFailsOpen(String what, Reply fault, String reason) {
        StandIns.MAIN.always(fault);

        Expect.allowed(app().post("/open/echo").token(StandIns.token("ok")).send(), "UNAVAILABLE", reason);
        assertThat(StandIns.MAIN.requestCount()).as("asked once, never again").isEqualTo(1);
        assertThat(StandIns.OTHER.requestCount()).as("no redirect is followed").isZero();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(HERE + "faults")
    default void faultIsDeniedByAGuardThatFailsClosed(String what, Reply fault, String reason) {
        StandIns.MAIN.always(fault);
        int before = app().reached();

        Expect.denied(app().post("/closed/echo").token(StandIns.token("ok")).send(), 503, "UNAVAILABLE", reason);
        assertThat(app().reached()).isEqualTo(before);
        assertThat(StandIns.MAIN.requestCount()).isEqualTo(1);
    }

    @Test
    default void deepestDocumentIsRead() {
        StandIns.MAIN.script(Reply.json(200, nested(32)));

        Expect.allowed(app().post("/closed/echo").token(StandIns.token("ok")).send(), "VERIFIED", "success");
    }

    @Test
    default void serviceThatIsNotThereIsThePolicysAffair() {
        Expect.allowed(app().post("/down-open/echo").token(StandIns.token("ok")).send(), "UNAVAILABLE", "connect");
        Expect.denied(
                app().post("/down-closed/echo").token(StandIns.token("ok")).send(), 503, "UNAVAILABLE", "connect");
        Expect.problem(
                app().post("/down-closed/echo")
                        .token(StandIns.token("ok"))
                        .acceptJson()
                        .send(),
                503,
                "unavailable");
    }

    @Test
    default void serviceThatHangsIsThePolicysAffair() {
        Expect.allowed(
                app().post("/hasty-open/echo").token(StandIns.token("hang")).send(), "UNAVAILABLE", "timeout");
        Expect.denied(
                app().post("/hasty-closed/echo").token(StandIns.token("hang")).send(), 503, "UNAVAILABLE", "timeout");
    }

    @Test
    default void serverErrorKeepsItsEnvelope() {
        assertThat(Expect.denied(
                        app().post("/closed/echo")
                                .token(StandIns.token("db-error"))
                                .send(),
                        503,
                        "UNAVAILABLE",
                        "server-error"))
                .containsEntry("attribute.playtcha.error-code", "db_error")
                .containsEntry("el.playtcha.error.status", "500");
        Expect.problem(
                app().post("/closed/echo")
                        .token(StandIns.token("db-error"))
                        .acceptJson()
                        .send(),
                503,
                "db_error");
    }

    @ParameterizedTest
    @ValueSource(ints = {407, 403, 429, 502})
    default void refusedTunnelIsNotPlaytchasAnswer(int status) {
        StandIns.PROXY.replyToConnect(
                Reply.error(status, "rate_limited_ip", "Not you.").header("Retry-After", "60"));

        Expect.allowed(
                app().post("/proxied-open/echo").token(StandIns.token("ok")).send(), "UNAVAILABLE", "proxy");
        assertThat(Expect.denied(
                        app().post("/proxied-closed/echo")
                                .token(StandIns.token("ok"))
                                .send(),
                        503,
                        "UNAVAILABLE",
                        "proxy"))
                .doesNotContainKey("attribute.playtcha.error-code");
    }

    @Test
    default void tokenIsNotLetThroughUnverifiedTwice() {
        String token = StandIns.token("db-error");

        Expect.allowed(app().post("/open/echo").token(token).send(), "UNAVAILABLE", "server-error");
        Expect.denied(app().post("/open/echo").token(token).send(), 503, "UNAVAILABLE", "repeated-unverified");
    }

    @Test
    default void unverifiedPassesAreCapped() {
        for (int i = 0; i < 3; i++) {
            Expect.allowed(
                    app().post("/budget/echo").token(StandIns.token("db-error")).send(), "UNAVAILABLE", "server-error");
        }

        Expect.denied(
                app().post("/budget/echo").token(StandIns.token("db-error")).send(),
                503,
                "UNAVAILABLE",
                "fail-open-limit");
    }

    @Test
    default void breakerStopsAskingAServiceThatBreaksConnections() {
        StandIns.BROKEN.always(Reply.closeWithoutAnswer());
        for (int i = 0; i < 10; i++) {
            Expect.denied(
                    app().post("/breaker/echo").token(StandIns.token("ok")).send(), 503, "UNAVAILABLE", "io");
        }

        Expect.denied(
                app().post("/breaker/echo").token(StandIns.token("ok")).send(), 503, "UNAVAILABLE", "breaker-open");
        assertThat(StandIns.BROKEN.requestCount()).isEqualTo(10);
    }
}
