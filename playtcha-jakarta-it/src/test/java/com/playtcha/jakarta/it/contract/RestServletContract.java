package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestResponse;
import org.junit.jupiter.api.Test;

/** Resources behind servlet filters: one request, seen from both sides. */
interface RestServletContract extends ContractPart {

    @Test
    default void servletRequestHasTheAttributes() {
        Expect.reached(
                app().post("/api/servlet/attributes")
                        .body("text/plain", "body")
                        .token(StandIns.token("ok"))
                        .send(),
                "VERIFIED,true:body");
    }

    @Test
    default void filterAndAnnotationRedeemATokenOnce() {
        Expect.reached(
                app().post("/api/servlet/filtered")
                        .form("name", "Zoë")
                        .token(StandIns.token("ok"))
                        .send(),
                "VERIFIED,true:Zoë");
        Expect.reached(
                app().post("/api/servlet/filtered")
                        .form("name", "Zoë", "playtcha-response", StandIns.token("ok"))
                        .send(),
                "VERIFIED,true:Zoë");
        assertThat(StandIns.STEADY.requestCount()).isEqualTo(2);
    }

    @Test
    default void eachAppliesItsOwnPolicyToOneVerification() {
        Expect.reached(
                app().post("/api/servlet/filtered")
                        .form("name", "x", "playtcha-response", StandIns.token("db-error"))
                        .send(),
                "UNAVAILABLE,true:x");
        Expect.problem(
                app().post("/api/servlet/filtered/closed")
                        .form("name", "x", "playtcha-response", StandIns.token("db-error"))
                        .send(),
                503,
                "db_error");
        assertThat(StandIns.STEADY.requestCount()).isEqualTo(2);
    }

    @Test
    default void filterDeniesBeforeAResourceIsLookedFor() {
        TestResponse answer = app().post("/api/servlet/filtered").acceptJson().send();

        Expect.problem(answer, 400, "token_missing");
    }

    @Test
    default void formThatSomeoneElseReadBeforeIsVerifiedOrDenied() {
        TestResponse form = app().post("/api/servlet/consumed")
                .form("name", "x", "playtcha-response", StandIns.token("ok"))
                .send();
        TestResponse header = app().post("/api/servlet/consumed")
                .form("name", "x")
                .token(StandIns.token("ok"))
                .send();
        TestResponse none =
                app().post("/api/servlet/consumed").form("name", "x").send();

        Expect.reached(form, "VERIFIED,true:x");
        Expect.reached(header, "VERIFIED,true:x");
        Expect.problem(none, 400, "token_missing");
    }
}
