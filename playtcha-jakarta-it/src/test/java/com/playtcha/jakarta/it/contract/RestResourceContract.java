package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestRequest;
import com.playtcha.jakarta.it.server.TestResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that holds of resources guarded by annotation, whether there are servlets around them or not. */
public interface RestResourceContract extends RestEntityContract {

    /** Bytes of a body that the application's guards buffer. */
    int MAX_BODY = 2000;

    /** Every test begins with stand-ins that know nothing. */
    @BeforeEach
    default void forget() {
        StandIns.reset();
    }

    @ParameterizedTest
    @CsvSource({
        "open, ok, VERIFIED",
        "open, ok-degraded, VERIFIED",
        "open, db-error, UNAVAILABLE",
        "closed, ok, VERIFIED"
    })
    default void allowedRequestReachesTheMethodWhichIsTold(String guard, String token, String outcome) {
        TestResponse answer =
                to("/api/guards/" + guard).token(StandIns.token(token)).send();

        reached(answer, outcome + ",true:body");
        assertThat(StandIns.STEADY.requestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "open, invalid, 403, token_invalid",
        "open, success-false, 403, rejected",
        "open, redeemed, 403, already_redeemed",
        "open, expired, 403, token_expired",
        "open, bad-secret, 500, configuration",
        "closed, db-error, 503, db_error"
    })
    default void deniedRequestIsAnsweredWithProblemDetails(String guard, String token, int status, String code) {
        Expect.problem(
                to("/api/guards/" + guard)
                        .token(StandIns.token(token))
                        .acceptHtml()
                        .send(),
                status,
                code);
    }

    @Test
    default void requestWithoutTokenIsDeniedWithoutAskingAnyone() {
        Expect.problem(to("/api/guards/open").send(), 400, "token_missing");
        assertThat(StandIns.STEADY.requestCount()).isZero();
    }

    @Test
    default void methodWithTheAnnotationIsGuardedWhateverItsHttpMethod() {
        Expect.problem(app().get("/api/guards/open").send(), 400, "token_missing");
        reached(app().get("/api/guards/open").token(StandIns.token("ok")).send(), "VERIFIED,true:");
    }

    @Test
    default void methodsWithoutTheAnnotationAreNotGuarded() {
        reached(app().get("/api/guards/free").send(), "null,null:");
        reached(to("/api/guards/free").send(), "null,null:body");
    }

    @Test
    default void monitorModeTellsAndNeverDenies() {
        reached(to("/api/guards/monitor").send(), "NO_TOKEN,false:body");
        reached(to("/api/guards/monitor").token(StandIns.token("invalid")).send(), "REJECTED,false:body");
    }

    @Test
    default void tokenOfAVisitorWhomTheApplicationRefusesIsNotRedeemed() {
        TestResponse answer = to("/api/guards/open")
                .header("X-Visitor", "stranger")
                .token(StandIns.token("ok"))
                .send();

        assertThat(answer.status()).isEqualTo(401);
        assertThat(StandIns.STEADY.requestCount()).isZero();
    }

    @Test
    default void denialThatABeanThrewIsAnsweredAlike() {
        Expect.problem(app().post("/api/guards/denied-by-bean").send(), 400, "token_missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"suspended", "stage"})
    default void asynchronousMethodsAreGuarded(String way) {
        reached(to("/api/entity/" + way).token(StandIns.token("ok")).send(), "VERIFIED,true:body");
        Expect.problem(to("/api/entity/" + way).send(), 400, "token_missing");
    }

    @Test
    default void annotationOfAnInterfaceCounts() {
        reached(to("/api/implementing/by-method").token(StandIns.token("ok")).send(), "VERIFIED,true:body");
        Expect.problem(to("/api/implementing/by-method").send(), 400, "token_missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"guarded/method", "guarded-class", "twice/on", "free/guarded"})
    default void subResourcesAreGuardedByTheirLocatorOrThemselves(String path) {
        TestRequest ok = to("/api/locating/" + path).token(StandIns.token("ok"));
        TestRequest failing = to("/api/locating/" + path).token(StandIns.token("db-error"));

        reached(ok.send(), "VERIFIED,true:body");
        Expect.problem(failing.send(), 503, "db_error");
        Expect.problem(to("/api/locating/" + path).send(), 400, "token_missing");
    }

    @Test
    default void annotationOfASubResourceGoesBeforeItsLocators() {
        reached(
                to("/api/locating/guarded/own")
                        .token(StandIns.token("db-error"))
                        .send(),
                "UNAVAILABLE,true:body");
    }

    @Test
    default void subResourceThatNobodyAnnotatedIsFree() {
        reached(to("/api/locating/free/free").send(), "null,null:body");
    }

    private TestRequest to(String path) {
        return app().post(path).body("text/plain", "body");
    }

    private static void reached(TestResponse answer, String told) {
        Expect.reached(answer, told);
    }
}
