package com.playtcha.jakarta.it.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestResponse;
import jakarta.json.JsonObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds of beans: injected verifiers, the interceptor, the current verification, events. */
public interface BeansContract {
    /** The application. */
    DeployedApplication app();

    /** Every test begins with stand-ins that know nothing. */
    @BeforeEach
    default void forget() {
        StandIns.reset();
    }

    @ParameterizedTest
    @CsvSource({
        "verify, ok, 'VERIFIED,true'",
        "verify, ok-degraded, 'VERIFIED,true'",
        "verify, success-false, 'REJECTED,false'",
        "verify, redeemed, 'REJECTED,false'",
        "verify, bad-secret, 'REJECTED,false'",
        "verify, db-error, 'UNAVAILABLE,true'",
        "verify-closed, ok, 'VERIFIED,true'",
        "verify-closed, db-error, 'UNAVAILABLE,false'",
        "verify-async, ok, 'VERIFIED,true'",
        "verify-async, invalid, 'REJECTED,false'",
        "verify-async, db-error, 'UNAVAILABLE,true'"
    })
    default void injectedVerifiersTell(String way, String token, String told) {
        TestResponse answer = send(way, StandIns.token(token));

        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.text()).isEqualTo(told);
        assertThat(StandIns.STEADY.requestCount()).isEqualTo(1);
    }

    @Test
    default void injectedVerifierWithoutATokenAsksNobody() {
        TestResponse answer = app().post("/api/beans/verify").form("x", "y").send();

        assertThat(answer.text()).isEqualTo("NO_TOKEN,false");
        assertThat(StandIns.STEADY.requestCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "subscribe, ok, 'ann:VERIFIED,true'",
        "subscribe, db-error, 'ann:UNAVAILABLE,true'",
        "sign-up, ok, registered"
    })
    default void guardedBeanIsReachedAndTheVerificationCanBeInjected(String way, String token, String told) {
        TestResponse answer = send(way, StandIns.token(token));

        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.text()).isEqualTo(told);
    }

    @ParameterizedTest
    @CsvSource({
        "subscribe, invalid, 403, token_invalid",
        "subscribe, success-false, 403, rejected",
        "subscribe, redeemed, 403, already_redeemed",
        "subscribe, expired, 403, token_expired",
        "subscribe, bad-secret, 500, configuration",
        "subscribe, '', 400, token_missing",
        "sign-up, db-error, 503, db_error",
        "unguarded, ok, 400, token_missing"
    })
    default void deniedBeanIsAnsweredWithProblemDetails(String way, String token, int status, String code) {
        problem(send(way, token.isEmpty() ? "" : StandIns.token(token)), status, code);
    }

    @Test
    default void tokenOfTwoGuardedCallsIsRedeemedOnce() {
        TestResponse answer = send("subscribe-twice", StandIns.token("ok"));

        assertThat(answer.text()).as("%s", answer).isEqualTo("annbob");
        assertThat(StandIns.STEADY.requestCount()).isEqualTo(1);
    }

    @Test
    default void resourcesGuardCountsForTheBeansBehindIt() {
        TestResponse answer = app().post("/api/beans/guarded")
                .token(StandIns.token("ok"))
                .form("x", "y")
                .send();

        assertThat(answer.text()).as("%s", answer).isEqualTo("confirmed:VERIFIED,true");
        assertThat(StandIns.STEADY.requestCount()).isEqualTo(1);
    }

    @Test
    default void observersHearOfEveryVerification() {
        send("verify", StandIns.token("ok"));
        send("verify-closed", StandIns.token("db-error"));

        assertThat(app().get("/api/beans/events?of=default").send().text()).isEqualTo("VERIFIED");
        assertThat(app().get("/api/beans/events?of=closed").send().text()).isEqualTo("UNAVAILABLE");
    }

    private TestResponse send(String way, String token) {
        return app().post("/api/beans/" + way).form("token", token).send();
    }

    private static void problem(TestResponse answer, int status, String code) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        JsonObject problem = answer.problem();
        assertThat(problem.getString("code")).isEqualTo(code);
        assertThat(problem.getInt("status")).isEqualTo(status);
        assertThat(answer.header("Cache-Control")).contains("no-store");
    }
}
