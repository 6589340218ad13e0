package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.testkit.Reply;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sections 1 and 2: what Playtcha says, and what becomes of the request. The policy changes nothing here. */
public interface OutcomeContract extends ContractPart {
    String HERE = "com.playtcha.jakarta.it.contract.OutcomeContract#";

    /** Policy by policy. */
    static Stream<String> policies() {
        return Expect.policies();
    }

    /** Policy, token, upstream code, reason, status, code of the problem document. */
    static Stream<Arguments> refusals() {
        return Expect.policies()
                .flatMap(policy -> Stream.of(
                        arguments(policy, "invalid", "token_invalid", "token-invalid", 403, "token_invalid"),
                        arguments(policy, "bad-secret", "bad_secret", "bad-secret", 500, "configuration"),
                        arguments(
                                policy, "unknown-project", "unknown_project", "unknown-project", 500, "configuration"),
                        arguments(policy, "redeemed", "already_redeemed", "already-redeemed", 403, "already_redeemed"),
                        arguments(policy, "expired", "token_expired", "token-expired", 403, "token_expired")));
    }

    @ParameterizedTest
    @MethodSource(HERE + "policies")
    default void verifiedTokenReachesTheApplication(String policy) {
        Map<String, String> report = Expect.allowed(
                app().post("/" + policy + "/echo").token(StandIns.token("ok")).send(), "VERIFIED", "success");

        assertThat(report)
                .containsEntry("attribute.playtcha.degraded", "false")
                .containsEntry("el.playtcha.status", "200")
                .containsEntry("el.playtcha.error", "null")
                .doesNotContainKeys("attribute.playtcha.error-code", "attribute.playtcha.request-id");
        assertThat(StandIns.MAIN.requestCount()).isEqualTo(1);
        assertThat(StandIns.MAIN.malformed()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource(HERE + "policies")
    default void degradedIsSuccess(String policy) {
        Map<String, String> report = Expect.allowed(
                app().post("/" + policy + "/echo")
                        .token(StandIns.token("ok-degraded"))
                        .send(),
                "VERIFIED",
                "success");

        assertThat(report).containsEntry("attribute.playtcha.degraded", "true");
    }

    @ParameterizedTest
    @MethodSource(HERE + "policies")
    default void successFalseIsRejectedWithoutAnEnvelope(String policy) {
        Map<String, String> report = Expect.denied(
                app().post("/" + policy + "/echo")
                        .token(StandIns.token("success-false"))
                        .send(),
                403,
                "REJECTED",
                "success-false");
        assertThat(report)
                .containsEntry("el.playtcha.error", "null")
                .doesNotContainKeys("attribute.playtcha.error-code", "attribute.playtcha.request-id");

        Expect.problem(
                app().post("/" + policy + "/echo")
                        .token(StandIns.token("success-false"))
                        .acceptJson()
                        .send(),
                403,
                "rejected");
    }

    @ParameterizedTest
    @MethodSource(HERE + "refusals")
    default void refusalIsDeniedAndItsEnvelopeKept(
            String policy, String token, String upstream, String reason, int status, String code) {
        int before = app().reached();
        Map<String, String> report = Expect.denied(
                app().post("/" + policy + "/echo").token(StandIns.token(token)).send(), status, "REJECTED", reason);

        assertThat(report)
                .containsEntry("attribute.playtcha.error-code", upstream)
                .containsEntry("el.playtcha.error.code", upstream)
                .containsEntry("el.playtcha.error.requestId", report.get("attribute.playtcha.request-id"))
                .containsEntry("attribute.playtcha.degraded", "false");
        assertThat(report.get("attribute.playtcha.request-id")).startsWith("req_");
        assertThat(report.get("el.playtcha.error.message")).isNotBlank();
        assertThat(report.get("el.playtcha.error.fields")).contains("docs");

        Expect.problem(
                app().post("/" + policy + "/echo")
                        .token(StandIns.token(token))
                        .acceptJson()
                        .send(),
                status,
                code);
        assertThat(app().reached()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource(HERE + "policies")
    default void tokenIsRedeemedOnce(String policy) {
        String token = StandIns.token("ok");

        Expect.allowed(app().post("/" + policy + "/echo").token(token).send(), "VERIFIED", "success");
        Expect.denied(app().post("/" + policy + "/echo").token(token).send(), 403, "REJECTED", "already-redeemed");
    }

    @ParameterizedTest
    @MethodSource(HERE + "policies")
    default void unknownCodeKeepsItsTextAndFollowsItsStatus(String policy) {
        StandIns.MAIN.script(Reply.error(402, "plan_exhausted", "Ask for more.").requestId("req_42"));

        Map<String, String> report = Expect.denied(
                app().post("/" + policy + "/echo").token(StandIns.token("ok")).send(), 403, "REJECTED", "refused");

        assertThat(report)
                .containsEntry("attribute.playtcha.error-code", "plan_exhausted")
                .containsEntry("attribute.playtcha.request-id", "req_42")
                .containsEntry("el.playtcha.error.status", "402");
    }

    @ParameterizedTest
    @MethodSource(HERE + "policies")
    default void refusalWithoutAnEnvelopeIsDenied(String policy) {
        StandIns.MAIN.always(
                Reply.status(403).header("Content-Type", "text/html").body("<h1>Firewall</h1>"));

        Map<String, String> report = Expect.denied(
                app().post("/" + policy + "/echo").token(StandIns.token("ok")).send(), 403, "REJECTED", "no-envelope");
        assertThat(report).containsEntry("el.playtcha.error", "null");

        Expect.problem(
                app().post("/" + policy + "/echo")
                        .token(StandIns.token("ok"))
                        .acceptJson()
                        .send(),
                403,
                "rejected");
    }

    @ParameterizedTest
    @MethodSource(HERE + "policies")
    default void missingTokenIsDeniedWithoutACall(String policy) {
        Expect.denied(app().post("/" + policy + "/echo").send(), 400, "NO_TOKEN", "token-absent");
        Expect.denied(app().post("/" + policy + "/echo").token("  ").send(), 400, "NO_TOKEN", "token-absent");
        Expect.denied(
                app().post("/" + policy + "/echo").token("x".repeat(4097)).send(), 400, "NO_TOKEN", "token-too-long");
        Expect.denied(
                app().post("/" + policy + "/echo")
                        .form("playtcha-response", "ok-é")
                        .send(),
                400,
                "NO_TOKEN",
                "token-malformed");
        Expect.denied(
                app().post("/" + policy + "/echo")
                        .header("X-Playtcha-Token", "ok-1")
                        .header("X-Playtcha-Token", "ok-2")
                        .send(),
                400,
                "NO_TOKEN",
                "token-ambiguous");
        Expect.problem(app().post("/" + policy + "/echo").acceptJson().send(), 400, "token_missing");

        assertThat(StandIns.MAIN.requestCount()).isZero();
    }

    @Test
    default void longestTokenIsAsked() {
        String token = "ok-" + "x".repeat(4096 - 3);

        Expect.allowed(app().post("/open/echo").token(token).send(), "VERIFIED", "success");
    }

    @Test
    default void onlySecretAndTokenAreSent() {
        String token = StandIns.token("ok");

        app().post("/open/echo").token(token).send();

        assertThat(StandIns.MAIN.lastRequest()).hasValueSatisfying(request -> {
            assertThat(request.target()).isEqualTo("/v1/verify");
            assertThat(request.token()).isEqualTo(token);
            assertThat(request.secret()).isEqualTo(StandIns.MAIN.secret());
            assertThat(request.header("User-Agent")).hasValue("playtcha-jakarta/" + System.getProperty("it.version"));
            assertThat(request.header("Cookie")).isEmpty();
        });
    }
}
