package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestRequest;
import com.playtcha.jakarta.it.server.TestResponse;
import com.playtcha.jakarta.testkit.Reply;
import jakarta.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 5, "Denied": what the visitor gets, and that nothing foreign gets into it. */
interface DenialContract extends ContractPart {

    @Test
    default void apiClientGetsAProblemDocument() {
        StandIns.MAIN.script(Reply.error(409, "already_redeemed", "Again?").requestId("req_7"));

        TestResponse answer = app().post("/open/echo")
                .token(StandIns.token("ok"))
                .acceptJson()
                .send();

        Expect.problem(answer, 403, "already_redeemed");
        JsonObject problem = answer.problem();
        assertThat(problem.getString("type")).isEqualTo("urn:playtcha:problem:already_redeemed");
        assertThat(problem.getString("request_id")).isEqualTo("req_7");
        assertThat(answer.text()).doesNotContain("Again?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "application/json                         | -                | true",
                "application/problem+json                 | -                | true",
                "application/json, text/html;q=0.9        | -                | true",
                "text/html, application/json;q=0.9        | application/json | false",
                "text/html, application/json              | -                | false",
                "*/*                                      | application/json | true",
                "-                                        | application/json | true",
                "-                                        | application/vnd.x+json | true",
                "*/*                                      | text/plain       | false",
                "-                                        | -                | false"
            })
    default void visitorChoosesTheFormOfADenial(String accept, String contentType, boolean json) {
        TestRequest request = app().post("/open/echo");
        if (accept != null) {
            request.header("Accept", accept);
        }
        if (contentType != null) {
            request.body(contentType, "{}");
        }

        TestResponse answer = request.send();

        if (json) {
            Expect.problem(answer, 400, "token_missing");
        } else {
            Expect.denied(answer, 400, "NO_TOKEN", "token-absent");
        }
    }

    @Test
    default void browserGetsTheApplicationsErrorPage() {
        Map<String, String> report = Expect.denied(
                app().post("/open/echo")
                        .token(StandIns.token("invalid"))
                        .acceptHtml()
                        .send(),
                403,
                "REJECTED",
                "token-invalid");

        assertThat(report).containsEntry("error-status", "403").containsEntry("dispatcher", "ERROR");
    }

    @Test
    default void textsFromOutsideDoNotGetIntoHeadersOrPages() {
        String evil = "x\"<script>\r\nX-Evil: 1\r\n\r\n";
        StandIns.MAIN.always(Reply.error(403, evil, evil).requestId(evil));

        TestResponse json = app().post("/open/echo")
                .token(StandIns.token("ok"))
                .acceptJson()
                .send();
        assertThat(json.problem().getString("code")).isEqualTo(evil);
        assertThat(json.problem().getString("request_id")).isEqualTo(evil);
        assertThat(json.problem().getString("type")).doesNotContain("<", "\"", "\r", "\n", " ");
        assertThat(json.header("X-Evil")).isNull();

        TestResponse html = app().post("/open/echo")
                .token(StandIns.token("ok"))
                .acceptHtml()
                .send();
        assertThat(html.header("X-Evil")).isNull();
        assertThat(String.valueOf(html.report("error-message"))).doesNotContain("script", "X-Evil");
    }

    @Test
    default void failurePathShowsAPageWithTheStatusAndTheAttributes() {
        int before = app().reached();

        TestResponse answer = app().post("/failure/echo")
                .token(StandIns.token("expired"))
                .acceptHtml()
                .send();

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.header("Cache-Control")).contains("no-store");
        assertThat(Expect.told(answer, "failure-page", "REJECTED", "token-expired", false))
                .containsEntry("dispatcher", "FORWARD")
                .containsEntry("attribute.playtcha.error-code", "token_expired");
        assertThat(app().reached()).isEqualTo(before);
    }

    @Test
    default void failurePageMayChangeTheStatus() {
        TestResponse answer =
                app().post("/gone/echo").token(StandIns.token("expired")).send();

        assertThat(answer.status()).isEqualTo(410);
        assertThat(answer.isFrom("gone-page")).isTrue();
    }

    @Test
    default void problemDocumentWinsOverTheFailurePath() {
        Expect.problem(
                app().post("/failure/echo")
                        .token(StandIns.token("expired"))
                        .acceptJson()
                        .send(),
                403,
                "token_expired");
    }

    @Test
    default void failurePathIsNotInTheWayOfOneThatIsAllowed() {
        Expect.allowed(app().post("/failure/echo").token(StandIns.token("ok")).send(), "VERIFIED", "success");
    }
}
