package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.server.GuardedApplication;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestRequest;
import com.playtcha.jakarta.it.server.TestResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 5: where the token comes from, and what the application can still read. */
interface TokenSourceContract extends ContractPart {

    @Test
    default void headerLeavesTheBodyUntouched() {
        Map<String, String> report =
                verified(app().post("/open/echo").token(StandIns.token("ok")).form("name", "Zoë", "x", "1"));

        assertThat(report).containsEntry("body", "name=Zo%C3%AB&x=1");
    }

    @Test
    default void formParameterLeavesTheParametersReadable() {
        String token = StandIns.token("ok");
        Map<String, String> report =
                verified(app().post("/open/echo").form("name", "Zoë", "playtcha-response", token, "x", "1"));

        assertThat(report)
                .containsEntry("parameter.name", "Zoë")
                .containsEntry("parameter.x", "1")
                .containsEntry("parameter.playtcha-response", token)
                .containsEntry("body", "");
    }

    @Test
    default void queryParameterIsASource() {
        Map<String, String> report = verified(app().post("/open/echo?x=1&playtcha-response=" + StandIns.token("ok"))
                .body("text/plain", "untouched"));

        assertThat(report).containsEntry("body", "untouched").containsEntry("parameter.x", "1");
    }

    @Test
    default void multipartFieldLeavesThePartsReadable() {
        String token = StandIns.token("ok");
        Map<String, String> report = verified(
                app().post("/open/echo?read=parts").multipart("playtcha-response", token, "notes", "Zoë was here"));

        assertThat(report)
                .containsEntry("part.notes", "Zoë was here")
                .containsEntry("file.notes", "notes.txt")
                .containsEntry("part.playtcha-response", token);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stream", "reader", "listener"})
    default void jsonBodyCanBeReadAgain(String way) {
        String body = "{\"name\":\"Zoë\",\"form\":{\"playtchaToken\":\"" + StandIns.token("ok") + "\"}}";
        Map<String, String> report =
                verified(app().post("/json/echo?read=" + way).json(body));

        assertThat(report).containsEntry("body", body);
    }

    @Test
    default void headerWinsAndABlankOneIsAbsent() {
        String header = StandIns.token("ok");
        verified(app().post("/open/echo").token(header).form("playtcha-response", "invalid-1"));
        assertThat(StandIns.MAIN.lastRequest())
                .hasValueSatisfying(r -> assertThat(r.token()).isEqualTo(header));

        String parameter = StandIns.token("ok");
        verified(app().post("/open/echo").token(" ").form("playtcha-response", parameter));
        assertThat(StandIns.MAIN.lastRequest())
                .hasValueSatisfying(r -> assertThat(r.token()).isEqualTo(parameter));
    }

    @Test
    default void parameterWinsOverTheJsonBody() {
        String body = "{\"form\":{\"playtchaToken\":\"invalid-1\"}}";
        Map<String, String> report = verified(app().post("/json/echo?playtcha-response=" + StandIns.token("ok"))
                .json(body));

        assertThat(report).containsEntry("body", body);
    }

    @Test
    default void twoDifferentValuesInOneSourceAreNoToken() {
        Expect.denied(
                app().post("/open/echo?playtcha-response=ok-1")
                        .form("playtcha-response", "ok-2")
                        .send(),
                400,
                "NO_TOKEN",
                "token-ambiguous");
        assertThat(StandIns.MAIN.requestCount()).isZero();

        String token = StandIns.token("ok");
        verified(app().post("/open/echo?playtcha-response=" + token).form("playtcha-response", token));
    }

    @Test
    default void namesOfTheSourcesAreSettings() {
        verified(app().post("/custom/echo").form("captcha", StandIns.token("ok")));
        verified(app().post("/custom/echo").header("X-Captcha", StandIns.token("ok")));
        Expect.denied(
                app().post("/custom/echo")
                        .token("ok-1")
                        .form("playtcha-response", "ok-1")
                        .send(),
                400,
                "NO_TOKEN",
                "token-absent");
        Expect.denied(app().post("/headerless/echo").token("ok-1").send(), 400, "NO_TOKEN", "token-absent");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"form\":{\"playtchaToken\":42}} | token_malformed",
                "{\"form\":{\"playtchaToken\":{}}} | token_malformed",
                "{\"form\":{\"playtchaToken\":\"ok-1\",\"playtchaToken\":\"ok-2\"}} | token_ambiguous",
                "{\"form\":{}} | token_missing",
                "[\"ok-1\"] | token_missing",
                "{\"form\":{\"playtchaToken\":\"ok-1\"}} x | body_unreadable",
                "{\"form\": | body_unreadable",
                "`` | token_missing"
            })
    default void jsonBodyWithoutOneTokenIsNoToken(String body, String code) {
        int before = app().reached();

        Expect.problem(app().post("/json/echo").json(body).send(), 400, code);
        assertThat(StandIns.MAIN.requestCount()).isZero();
        assertThat(app().reached()).isEqualTo(before);
    }

    @Test
    default void jsonBodyOverTheLimitIsTooLarge() {
        String token = StandIns.token("ok");
        String start = "{\"form\":{\"playtchaToken\":\"" + token + "\"}}";
        String whole = start + " ".repeat(GuardedApplication.MAX_BODY - start.length());

        Expect.problem(app().post("/json/echo").json(whole + " ").send(), 413, "body_too_large");
        assertThat(StandIns.MAIN.requestCount()).isZero();
        assertThat(verified(app().post("/json/echo").json(whole))).containsEntry("body", whole);
    }

    @Test
    default void lengthOfATokenIsLimited() {
        verified(app().post("/short/echo").token("ok-" + "x".repeat(17)));
        Expect.denied(
                app().post("/short/echo").token("ok-" + "x".repeat(18)).send(), 400, "NO_TOKEN", "token-too-long");
    }

    @Test
    default void bodyThatTheContainerCannotParseIsTheVisitorsError() {
        TestResponse answer = app().post("/open/echo")
                .body("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ncut")
                .send();

        assertThat(answer.status()).as("%s", answer).isBetween(400, 499);
        assertThat(StandIns.MAIN.requestCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS"})
    default void safeMethodsAreNotGuarded(String method) {
        TestResponse answer = app().request(method, "/closed/echo").send();

        assertThat(answer.status()).isEqualTo(200);
        if (!method.equals("HEAD")) {
            assertThat(answer.report())
                    .containsEntry("page", "application")
                    .doesNotContainKey("attribute.playtcha.outcome");
        }
        assertThat(StandIns.MAIN.requestCount()).isZero();
    }

    /** Whether the server makes a method {@code get} one that the application is told is GET. */
    default boolean foldsMethodNames() {
        return false;
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "PATCH", "DELETE", "FROB"})
    default void everyOtherMethodIsGuarded(String method) {
        int before = app().reached();

        assertThat(app().request(method, "/open/echo").send().status()).isBetween(400, 499);
        assertThat(app().reached()).isEqualTo(before);
        verified(app().request(method, "/open/echo").token(StandIns.token("ok")));
    }

    @Test
    default void safeMethodInLowerCaseIsAnotherMethod() {
        int before = app().reached();

        TestResponse answer = app().request("get", "/open/echo").send();

        if (foldsMethodNames()) {
            assertThat(answer.report()).containsEntry("page", "application").containsEntry("method", "GET");
        } else {
            assertThat(answer.status()).isBetween(400, 499);
            assertThat(app().reached()).isEqualTo(before);
        }
    }

    @Test
    default void overrideHeadersDoNotMakeAMethodSafe() {
        Expect.denied(
                app().post("/open/echo").header("X-HTTP-Method-Override", "GET").send(),
                400,
                "NO_TOKEN",
                "token-absent");
    }

    @Test
    default void safeMethodsAreASetting() {
        assertThat(app().post("/posts-too/echo").send().report()).doesNotContainKey("attribute.playtcha.outcome");
        assertThat(app().request("OPTIONS", "/posts-too/echo").send().status()).isEqualTo(400);
    }

    private static Map<String, String> verified(TestRequest request) {
        return Expect.allowed(request.send(), "VERIFIED", "success");
    }
}
