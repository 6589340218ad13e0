package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 5: FORWARD, INCLUDE and ERROR. */
interface DispatchContract extends ContractPart {

    @Test
    default void forwardIsGuardedOnlyWhereForwardIsMapped() {
        TestResponse passed = app().post("/plain/forward?/open/echo").send();
        assertThat(passed.report())
                .containsEntry("dispatcher", "FORWARD")
                .doesNotContainKey("attribute.playtcha.outcome");

        int before = app().reached();
        Expect.denied(app().post("/plain/forward?/forwarded/echo").send(), 400, "NO_TOKEN", "token-absent");
        assertThat(app().reached()).isEqualTo(before);

        Expect.allowed(
                app().post("/plain/forward?/forwarded/echo")
                        .token(StandIns.token("ok"))
                        .send(),
                "VERIFIED",
                "success");
    }

    @Test
    default void includedContentIsLeftOutWhenDenied() {
        int before = app().reached();

        TestResponse denied = app().post("/plain/include?/included/echo").send();

        assertThat(denied.status()).isEqualTo(200);
        assertThat(denied.text()).isEqualTo("before;;after");
        assertThat(app().reached()).isEqualTo(before);
    }

    @Test
    default void includedContentIsThereWhenAllowed() {
        TestResponse allowed = app().post("/plain/include?/included/echo?read=params")
                .token(StandIns.token("ok"))
                .send();

        assertThat(allowed.text())
                .contains("before;")
                .contains("playtcha.outcome=VERIFIED")
                .contains(";after");
    }

    @ParameterizedTest
    @ValueSource(strings = {"error", "fail"})
    default void errorDispatchIsNeitherVerifiedNorDenied(String how) {
        TestResponse answer = app().post("/errors/" + how).send();

        assertThat(answer.status()).isEqualTo(how.equals("error") ? 409 : 500);
        assertThat(answer.report())
                .containsEntry("page", "error-page")
                .containsEntry("dispatcher", "ERROR")
                .doesNotContainKey("attribute.playtcha.outcome");
        assertThat(StandIns.MAIN.requestCount()).isZero();
    }
}
