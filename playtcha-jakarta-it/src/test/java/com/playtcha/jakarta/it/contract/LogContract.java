package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.testkit.Reply;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 6. The guard has this part to itself: some lines come once a minute. */
interface LogContract extends ContractPart {

    @ParameterizedTest
    @CsvSource({
        "409, already_redeemed, WARN",
        "401, bad_secret,       (ERROR|SEVERE)",
        "404, unknown_project,  (ERROR|SEVERE)",
        "410, token_expired,    INFO",
        "500, db_error,         WARN"
    })
    default void upstreamErrorIsLoggedWithEverythingItSaid(int status, String code, String level) {
        StandIns.MAIN.script(Reply.error(status, code, "Said of " + code).requestId("req_of_" + code));

        String log = logOf(StandIns.token("ok"));

        assertThat(log)
                .containsPattern("(?m)^.* " + level + ".*status=" + status + " code=" + code + " message=Said of "
                        + code + " request_id=req_of_" + code + ".*$");
    }

    @Test
    default void answerThatIsNotPlaytchasIsAnError() {
        StandIns.MAIN.script(Reply.status(302).header("Location", "https://elsewhere.example/login?x=1"));

        assertThat(logOf(StandIns.token("ok")))
                .containsPattern("(?m)^.* (ERROR|SEVERE).*not-playtcha.*302.*elsewhere\\.example.*$")
                .doesNotContain("login?x=1");
    }

    @Test
    default void degradedIsToldApartFromFailures() {
        assertThat(logOf(StandIns.token("ok-degraded")))
                .containsPattern("(?m)^.* INFO.*degraded.*$")
                .doesNotContain("ERROR", "WARN");
    }

    @Test
    default void neitherSecretNorWholeTokenIsLoggedEvenIfPlaytchaRepeatsThem() {
        String token = StandIns.token("db-error");
        StandIns.MAIN.script(Reply.error(422, "odd", "token " + token + " secret " + StandIns.MAIN.secret()));

        assertThat(logOf(token)).contains("code=odd").doesNotContain(token, StandIns.MAIN.secret());
    }

    @Test
    default void controlCharactersDoNotMakeLines() {
        StandIns.MAIN.script(Reply.error(418, "teapot", "one\r\nFORGED line\u001b[31m"));

        assertThat(logOf(StandIns.token("ok")))
                .contains("code=teapot")
                .doesNotContainPattern(Pattern.compile("(?m)^FORGED"))
                .doesNotContain("\u001b");
    }

    private String logOf(String token) {
        long mark = app().log().mark();
        app().post("/loud/echo").token(token).send();
        return app().log().since(mark);
    }
}
