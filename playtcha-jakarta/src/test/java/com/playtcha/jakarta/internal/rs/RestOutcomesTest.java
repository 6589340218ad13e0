package com.playtcha.jakarta.internal.rs;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.NamedListener;
import com.playtcha.jakarta.Services;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections 2 and 5 of the contract, before a resource's method. */
class RestOutcomesTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    @AfterEach
    void stop() {
        playtcha.close();
    }

    private RestApp app(String... settings) {
        return RestApp.start(RestApp.asking(playtcha, settings), SignUpResource.class);
    }

    @Test
    void listenerNamedAsAServiceIsCalled(@TempDir Path folder) {
        NamedListener.SEEN.clear();
        ClassLoader loader = Services.naming(folder, VerificationListener.class, NamedListener.class.getName());
        try (RestApp app = Services.with(loader, this::app)) {
            app.post("/signup", "body", "X-Playtcha-Token", "ok-1");
        }
        assertThat(NamedListener.SEEN).containsExactly("default VERIFIED");
    }

    @ParameterizedTest
    @CsvSource({
        "false, ok, VERIFIED, success",
        "true, ok-degraded, VERIFIED, success",
        "false, db-error, UNAVAILABLE, server-error"
    })
    void allowedRequestReachesTheMethodWithItsAttributes(
            boolean failClosed, String token, String outcome, String reason) {
        try (RestApp app = app("fail-closed", Boolean.toString(failClosed))) {
            HttpResponse<String> answer = app.post("/signup", "body", "X-Playtcha-Token", token + "-1");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(outcome + ",true," + reason + ":body");
            assertThat(playtcha.requestCount()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "invalid, 403, token_invalid",
        "success-false, 403, rejected",
        "redeemed, 403, already_redeemed",
        "expired, 403, token_expired",
        "bad-secret, 500, configuration",
        "unknown-project, 500, configuration",
        "rate-limited, 503, rate_limited_ip",
        "db-error, 503, db_error",
        "two words, 400, token_malformed"
    })
    void deniedRequestIsAnsweredWithProblemDetailsAndNeverReachesTheMethod(String token, int status, String code) {
        try (RestApp app = app("fail-closed", "true")) {
            HttpResponse<String> answer = app.post("/signup", "body", "X-Playtcha-Token", token, "Accept", "text/html");

            assertProblem(answer, status, code);
            assertThat(RestApp.SEEN).isEmpty();
        }
    }

    @Test
    void throttledRequestGetsRetryAfter() {
        try (RestApp app = app()) {
            HttpResponse<String> answer = app.post("/signup", "", "X-Playtcha-Token", "rate-limited");

            assertProblem(answer, 503, "rate_limited_ip");
            assertThat(answer.headers().firstValue("Retry-After")).hasValue("30");
        }
    }

    @Test
    void requestWithoutTokenIsDeniedWithoutAskingAnyone() {
        try (RestApp app = app()) {
            assertProblem(app.post("/signup", ""), 400, "token_missing");
            assertThat(playtcha.requestCount()).isZero();
        }
    }

    @Test
    void safeMethodsOfAnnotatedMethodsAreGuardedAndOtherResourcesAreNot() {
        try (RestApp app = app()) {
            assertProblem(app.send("GET", "/signup", HttpRequest.BodyPublishers.noBody()), 400, "token_missing");
            assertThat(app.post("/signup/free", "x").body()).isEqualTo("null,null,null:x");
            assertProblem(app.send("PUT", "/signup", HttpRequest.BodyPublishers.ofString("x")), 400, "token_missing");
        }
    }

    @Test
    void guardWithoutSafeMethodsCoversGet() {
        try (RestApp app = app("safe-methods", "HEAD")) {
            assertProblem(app.send("GET", "/signup", HttpRequest.BodyPublishers.noBody()), 400, "token_missing");
            assertThat(app.send("GET", "/signup?playtcha-response=ok-1", HttpRequest.BodyPublishers.noBody())
                            .body())
                    .isEqualTo("VERIFIED,true,success");
        }
    }

    @Test
    void monitorModeReportsAndNeverDenies() {
        try (RestApp app = app("mode", "monitor")) {
            assertThat(app.post("/signup", "x").body()).isEqualTo("NO_TOKEN,false,token-absent:x");
            assertThat(app.post("/signup", "x", "X-Playtcha-Token", "invalid").body())
                    .isEqualTo("REJECTED,false,token-invalid:x");
        }
    }

    @Test
    void disabledGuardAllowsEveryRequestAndLogsIt() {
        try (RestApp app = RestApp.start(Map.of("playtcha.enabled", "false"), SignUpResource.class)) {
            assertThat(app.post("/signup", "x").body()).isEqualTo("DISABLED,true,switched-off:x");
        }
    }

    @Test
    void errorOfOurOwnIsAnsweredWith500AndReachesNobody() {
        try (RestApp app = app()) {
            app.playtcha().end();

            assertProblem(app.post("/signup", "x", "X-Playtcha-Token", "ok-1"), 500, "internal_error");
            assertThat(RestApp.SEEN).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ALREADY_REDEEMED, 403, rejected",
        "TOKEN_ABSENT, 400, token_missing",
        "TOKEN_TOO_LONG, 400, token_malformed",
        "TIMEOUT, 503, unavailable"
    })
    void denialThatABeanThrewIsAnsweredAlike(String reason, int status, String code) {
        try (RestApp app = app()) {
            assertProblem(app.post("/signup/bean-denies", reason), status, code);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/signup", "/signup/bean-denies"})
    void denialSpeaksTheVisitorsLanguage(String path) {
        try (RestApp app = app()) {
            HttpResponse<String> answer = app.post(path, "TOKEN_ABSENT", "Accept-Language", "nl, de-AT;q=0.9");

            assertThat(answer.headers().allValues("Content-Language")).containsExactly("de");
            assertThat(answer.headers().allValues("Vary")).containsExactly("Accept, Accept-Language");
            assertThat(answer.body()).contains("\"title\":\"Die Sicherheitsprüfung", "\"detail\":\"Bitte");
        }
    }

    static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"", "\"status\":" + status);
    }
}
