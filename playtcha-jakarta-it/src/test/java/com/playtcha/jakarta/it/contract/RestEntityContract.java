package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestRequest;
import com.playtcha.jakarta.it.server.TestResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 5, where the token comes from and what a resource can still read. */
interface RestEntityContract extends ContractPart {

    /**
     * Whether a {@code @FormParam} can be read after the token was found in the same form. Some implementation asks the
     * servlet request for it, which has lost what was read as an entity.
     */
    default boolean keepsFormParams() {
        return true;
    }

    @Test
    default void headerLeavesTheEntityReadable() {
        Expect.reached(
                // What charset a server takes for granted is its own affair where we read nothing.
                app().post("/api/entity/param")
                        .form("name", "a b")
                        .token(StandIns.token("ok"))
                        .send(),
                "VERIFIED,true:a b");
    }

    @ParameterizedTest
    @CsvSource({"param, Zoë", "bean, 'Zoë,1'", "map, Zoë"})
    default void formsTokenLeavesTheFormReadable(String how, String read) {
        boolean lost = !keepsFormParams() && List.of("param", "bean").contains(how);
        Expect.reached(
                app().post("/api/entity/" + how + "?x=1")
                        .form("name", "Zoë", "playtcha-response", StandIns.token("ok"))
                        .send(),
                "VERIFIED,true:" + (lost ? read.replace("Zoë", "null") : read));
        Expect.problem(app().post("/api/entity/" + how).form("name", "Zoë").send(), 400, "token_missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "stream"})
    default void formsTokenLeavesTheBodyReadable(String how) {
        String token = StandIns.token("ok");

        Expect.reached(
                app().post("/api/entity/" + how)
                        .form("name", "x", "playtcha-response", token)
                        .send(),
                "VERIFIED,true:name=x&playtcha-response=" + token);
    }

    @Test
    default void queryIsASource() {
        Expect.reached(
                app().post("/api/entity/text?playtcha-response=" + StandIns.token("ok"))
                        .body("text/plain", "untouched")
                        .send(),
                "VERIFIED,true:untouched");
    }

    @Test
    default void jsonBodyCanBeReadAgain() {
        String body = "{\"name\":\"Zoë\",\"form\":{\"playtchaToken\":\"" + StandIns.token("ok") + "\"}}";

        Expect.reached(app().post("/api/entity/json").json(body).send(), "VERIFIED,true:" + body);
        Expect.problem(app().post("/api/entity/json").json("{}").send(), 400, "token_missing");
    }

    @Test
    default void jsonIsNoSourceWithoutAPointer() {
        String body = "{\"form\":{\"playtchaToken\":\"" + StandIns.token("ok") + "\"}}";

        Expect.problem(app().post("/api/entity/text").json(body).send(), 400, "token_missing");
    }

    @ParameterizedTest
    @CsvSource({
        "playtcha-response=%zz, token_malformed",
        "playtcha-response=ok%4, token_malformed",
        "%=x, token_missing"
    })
    default void malformedFormIsDeniedAndNeverAnError(String form, String code) {
        TestRequest request = app().post("/api/entity/text").body("application/x-www-form-urlencoded", form);

        Expect.problem(request.send(), 400, code);
        assertThat(StandIns.STEADY.requestCount()).isZero();
    }

    @Test
    default void malformedFieldThatIsNotTheTokensDoesNotMatter() {
        String form = "name=100%&playtcha-response=" + StandIns.token("ok");

        Expect.reached(
                app().post("/api/entity/text")
                        .body("application/x-www-form-urlencoded", form)
                        .send(),
                "VERIFIED,true:" + form);
    }

    @Test
    default void charsetThatNobodyKnowsIsDeniedAndNeverAnError() {
        TestResponse answer = app().post("/api/entity/stream")
                .body("application/x-www-form-urlencoded; charset=no-such", "playtcha-response=ok")
                .send();

        // Some servers refuse it themselves.
        assertThat(answer.status()).isEqualTo(400);
        assertThat(StandIns.STEADY.requestCount()).isZero();
    }

    @Test
    default void twoDifferentValuesAreDenied() {
        String first = StandIns.token("ok");

        Expect.problem(
                app().post("/api/entity/text?playtcha-response=" + first)
                        .form("playtcha-response", StandIns.token("ok"))
                        .send(),
                400,
                "token_ambiguous");
        Expect.reached(
                app().post("/api/entity/map?playtcha-response=" + first)
                        .form("playtcha-response", first, "name", "x")
                        .send(),
                "VERIFIED,true:x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-www-form-urlencoded", "application/json"})
    default void bodyThatIsTooLargeIsDenied(String contentType) {
        TestRequest request =
                app().post("/api/entity/json").body(contentType, "x".repeat(RestResourceContract.MAX_BODY + 1));

        Expect.problem(request.send(), 413, "body_too_large");
    }
}
