package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 5, "once per request": a token is redeemed once, however often the filters see the request. */
interface OncePerRequestContract extends ContractPart {

    @ParameterizedTest
    @ValueSource(strings = {"echo", "forward?/stacked/echo", "async?/stacked/echo"})
    default void severalMappingsAndRegistrationsAskOnce(String path) {
        TestResponse header =
                app().post("/stacked/" + path).token(StandIns.token("ok")).send();
        Expect.allowed(header, "VERIFIED", "success");
        assertThat(StandIns.MAIN.requestCount()).isEqualTo(1);

        TestResponse form = app().post("/stacked/" + path)
                .form("playtcha-response", StandIns.token("ok"), "x", "1")
                .send();
        assertThat(Expect.allowed(form, "VERIFIED", "success")).containsEntry("parameter.x", "1");
        assertThat(StandIns.MAIN.requestCount()).isEqualTo(2);
    }

    @Test
    default void dispatchersAreSeenByTheApplication() {
        assertThat(app().post("/stacked/forward?/stacked/echo")
                        .token(StandIns.token("ok"))
                        .send()
                        .report("dispatcher"))
                .isEqualTo("FORWARD");
        assertThat(app().post("/stacked/async?/stacked/echo")
                        .token(StandIns.token("ok"))
                        .send()
                        .report("dispatcher"))
                .isEqualTo("ASYNC");
    }

    @Test
    default void unverifiedPassThroughSeveralGuardsCountsOnce() {
        TestResponse answer = app().post("/stacked/forward?/stacked/echo")
                .token(StandIns.token("db-error"))
                .send();

        Expect.allowed(answer, "UNAVAILABLE", "server-error");
        assertThat(StandIns.MAIN.requestCount()).isEqualTo(1);
    }

    @Test
    default void includedPageAsksOnce() {
        TestResponse answer = app().post("/stacked/include?/stacked/echo?read=params")
                .token(StandIns.token("ok"))
                .send();

        assertThat(answer.text()).startsWith("before;").endsWith(";after").contains("playtcha.outcome=VERIFIED");
        assertThat(StandIns.MAIN.requestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"error", "fail"})
    default void errorPageOfTheApplicationAsksNoMore(String how) {
        TestResponse answer =
                app().post("/stacked/" + how).token(StandIns.token("ok")).send();

        assertThat(answer.status()).isEqualTo(how.equals("error") ? 409 : 500);
        Expect.told(answer, "error-page", "VERIFIED", "success", true);
        assertThat(StandIns.MAIN.requestCount()).isEqualTo(1);
    }

    @Test
    default void eachGuardAppliesItsOwnPolicyToOneVerification() {
        int before = app().reached();

        Expect.denied(
                app().post("/policies/echo").token(StandIns.token("db-error")).send(),
                503,
                "UNAVAILABLE",
                "server-error");
        assertThat(StandIns.MAIN.requestCount()).isEqualTo(1);
        assertThat(app().reached()).isEqualTo(before);
        Expect.allowed(app().post("/policies/echo").token(StandIns.token("ok")).send(), "VERIFIED", "success");
    }

    @Test
    default void guardOfAnotherProjectVerifiesForItself() {
        Expect.allowed(app().post("/projects/echo").token(StandIns.token("ok")).send(), "VERIFIED", "success");

        assertThat(StandIns.MAIN.requestCount()).isEqualTo(1);
        assertThat(StandIns.OTHER.requestCount()).isEqualTo(1);
    }

    @Test
    default void anotherProjectsRefusalDenies() {
        String token = StandIns.token("ok");
        app().post("/projects/echo").token(token).send();
        StandIns.MAIN.reset();
        int before = app().reached();

        Map<String, String> report =
                Expect.denied(app().post("/projects/echo").token(token).send(), 403, "REJECTED", "already-redeemed");

        assertThat(report).containsEntry("attribute.playtcha.allowed", "false");
        assertThat(StandIns.MAIN.requestCount()).isEqualTo(1);
        assertThat(app().reached()).isEqualTo(before);
    }
}
