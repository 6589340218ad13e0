package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestRequest;
import com.playtcha.jakarta.it.server.TestResponse;
import org.junit.jupiter.api.Test;

/** Applications that are guarded as a whole, where a server runs two of them; and what is known of at run time only. */
interface RestApplicationContract extends ContractPart {

    @Test
    default void undeclaredGuardOfASubResourceIsSeenLateAndNeverOpens() {
        TestResponse answer = app().post("/api/locating/free/late").send();

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.text()).doesNotContain("reached");
    }

    @Test
    default void annotationOfTheApplicationGuardsEveryResource() {
        Expect.problem(to("/sealed/guards/free").send(), 400, "token_missing");
        Expect.problem(
                to("/sealed/guards/free").token(StandIns.token("db-error")).send(), 503, "db_error");
        Expect.problem(to("/sealed/locating/free/free").send(), 400, "token_missing");
        reached(to("/sealed/guards/free").token(StandIns.token("ok")).send(), "VERIFIED,true:body");
        reached(app().get("/sealed/guards/free").send(), "null,null:");
    }

    @Test
    default void annotationOfAMethodGoesBeforeTheApplications() {
        reached(to("/sealed/guards/open").token(StandIns.token("db-error")).send(), "UNAVAILABLE,true:body");
    }

    private TestRequest to(String path) {
        return app().post(path).body("text/plain", "body");
    }

    private static void reached(TestResponse answer, String told) {
        Expect.reached(answer, told);
    }
}
