package com.playtcha.jakarta.it.contract;

import static com.playtcha.jakarta.it.server.ChallengeSettings.PASSES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestRequest;
import com.playtcha.jakarta.it.server.TestResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 11: who has to show a token. Answers are {@code required outcome reason allowed}. */
public interface ChallengeContract extends ContractPart {
    String UNKNOWN_YET = " null null null";

    private TestRequest post(String guard, String... headers) {
        return with(app().post("/who/" + guard), headers);
    }

    private static TestRequest with(TestRequest request, String... headers) {
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request;
    }

    /** What a page is told that has a form. */
    private String page(String guard, String... headers) {
        return with(app().get("/who/" + guard), headers).send().text();
    }

    /** Has the application do something that no guard sees. */
    private TestResponse does(String action, String cookie, String... parameters) {
        StringBuilder query = new StringBuilder("?");
        for (int i = 0; i < parameters.length; i += 2) {
            query.append(parameters[i])
                    .append('=')
                    .append(URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8))
                    .append('&');
        }
        TestResponse answer = with(
                        app().get("/does/" + action + query),
                        cookie.isEmpty() ? List.of().toArray(new String[0]) : new String[] {"Cookie", cookie})
                .send();
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer;
    }

    private static void asked(TestRequest withoutToken) {
        assertThat(withoutToken.send().status()).isEqualTo(400);
    }

    private static void told(String expected, TestRequest request) {
        TestResponse answer = request.send();
        assertThat(answer.text()).as("%s", answer).isEqualTo(expected);
    }

    private static String cookie(TestResponse answer) {
        String header = answer.header("Set-Cookie");
        return header == null ? "" : header.replaceFirst(";.*", "");
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void everybodyByDefault() {
        String token = StandIns.token("ok");
        assertThat(page("everybody", "X-User", "staff", "X-Address", "192.0.2.1"))
                .isEqualTo("true" + UNKNOWN_YET);
        asked(post("everybody", "X-User", "staff", "X-Address", "192.0.2.1"));
        told("true VERIFIED success true", post("everybody").token(token));
    }

    @ParameterizedTest
    @Covers(Feature.CHALLENGE)
    @ValueSource(strings = {"staff", "Domain Admins"})
    default void usersWithARoleNeedNone(String role) {
        String token = StandIns.token("ok");
        assertThat(page("roles", "X-User", role)).isEqualTo("false" + UNKNOWN_YET);
        told("false EXEMPT exempt-roles true", post("roles", "X-User", role));
        told("false EXEMPT exempt-roles true", post("roles", "X-User", role).token(token));
        assertThat(StandIns.MAIN.requestCount()).isZero();

        asked(post("roles"));
        asked(post("roles", "X-User", "STAFF"));
        assertThat(page("roles", "X-User", "ann")).isEqualTo("true" + UNKNOWN_YET);
        told("true VERIFIED success true", post("roles", "X-User", "ann").token(token));
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void everyUserIsNobodyAnonymous() {
        told("false EXEMPT exempt-roles true", post("users", "X-User", "ann"));
        asked(post("users"));
        for (String anonymous : List.of("anonymous", "anonymousUser", "<ANONYMOUS>", "UNAUTHENTICATED")) {
            asked(post("users", "X-User", anonymous));
        }
    }

    @ParameterizedTest
    @Covers(Feature.CHALLENGE)
    @CsvSource({
        "192.0.2.1,                true",
        "::ffff:192.0.2.1,         true",
        "0:0:0:0:0:ffff:c000:201,  true",
        "198.51.100.7,             true",
        "2001:DB8:0:0:0:0:0:7,     true",
        "[2001:db8::7],            true",
        "2001:db8::7%eth0,         true",
        "192.0.3.1,                false",
        "::ffff:192.0.3.1,         false",
        "198.51.100.8,             false",
        "2001:db9::7,              false",
        "::192.0.2.1,              false",
        "192.0.2.1.example,        false",
        "'192.0.2.1, 203.0.113.1', false",
    })
    default void addressesThatNeedNone(String address, boolean isExempt) {
        assertThat(page("addresses", "X-Address", address)).isEqualTo(!isExempt + UNKNOWN_YET);
        if (isExempt) {
            told("false EXEMPT exempt-addresses true", post("addresses", "X-Address", address));
        } else {
            asked(post("addresses", "X-Address", address));
        }
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void noHeaderIsAnAddress() {
        for (String header : List.of("X-Forwarded-For", "X-Real-IP", "Client-IP", "True-Client-IP", "Forwarded")) {
            String value = header.equals("Forwarded") ? "for=192.0.2.1" : "192.0.2.1";
            assertThat(page("addresses", header, value)).isEqualTo("true" + UNKNOWN_YET);
            asked(post("addresses", header, value));
        }
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void afterFailuresOfAnAddress() {
        String[] address = {"X-Address", "203.0.113.1"};
        does("clear", "", "address", address[1]);
        for (int failures = 0; failures < 2; failures++) {
            told("false EXEMPT after-failures true", post("failures", address));
            does("record", "", "address", address[1]);
        }
        assertThat(does("count", "", "address", address[1]).text()).isEqualTo("2");
        assertThat(page("failures", address)).isEqualTo("true" + UNKNOWN_YET);
        asked(post("failures", address));
        asked(post("failures", "X-Address", "::ffff:203.0.113.1"));
        told("true VERIFIED success true", post("failures", address).token(StandIns.token("ok")));
        assertThat(page("failures", "X-Address", "203.0.113.2")).isEqualTo("false" + UNKNOWN_YET);
        does("clear", "", "address", address[1]);
        assertThat(page("failures", address)).isEqualTo("false" + UNKNOWN_YET);
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void aFailureCountsForTheWindowOfTheGuard() {
        String[] address = {"X-Address", "203.0.113.3"};
        does("record", "", "address", address[1]);
        await().untilAsserted(() -> assertThat(page("brief", address)).isEqualTo("false" + UNKNOWN_YET));
        assertThat(does("count", "", "address", address[1]).text()).isNotEqualTo("0");
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void afterFailuresOfANetworkOfVersionSix() {
        does("record", "", "address", "2001:db8:7::1");
        does("record", "", "address", "2001:db8:7::2");
        asked(post("failures", "X-Address", "2001:db8:7::3"));
        assertThat(page("failures", "X-Address", "2001:db8:7:1::3")).isEqualTo("false" + UNKNOWN_YET);
        does("clear", "", "address", "2001:db8:7::4");
        assertThat(page("failures", "X-Address", "2001:db8:7::3")).isEqualTo("false" + UNKNOWN_YET);
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void afterFailuresOfAName() {
        String[] from = {"X-Address", "203.0.113.4"};
        does("clear", "", "name", "Ann");
        does("record", "", "address", "203.0.113.5", "name", "Ann");
        does("record", "", "address", "203.0.113.6", "name", " ANN ");
        assertThat(does("count", "", "address", "203.0.113.4", "name", "ann").text())
                .isEqualTo("2");
        does("record", "", "name", "zoe");
        does("record", "", "name", "zoe");

        told("false EXEMPT after-failures true", post("failures", from));
        asked(post("failures", "X-Address", "203.0.113.4", "X-Name", "Zoe"));
        asked(post("failures", "X-Address", "203.0.113.4", "X-User", "ZOE"));
        told("false EXEMPT after-failures true", post("failures", "X-Address", "203.0.113.4", "X-Name", "bob"));
        does("clear", "", "name", "ZOE");
        told("false EXEMPT after-failures true", post("failures", "X-Address", "203.0.113.4", "X-Name", "zoe"));
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void aVerifiedSessionMayComeBack() {
        String session = cookie(does("session", ""));
        String[] visitor = {"Cookie", session};
        String unspent = StandIns.token("ok");
        assertThat(page("passes", visitor)).isEqualTo("true" + UNKNOWN_YET);
        told("true VERIFIED success true", post("passes", visitor).token(StandIns.token("ok")));
        for (int i = 0; i < PASSES; i++) {
            assertThat(page("passes", visitor)).as("looking costs no pass").isEqualTo("false" + UNKNOWN_YET);
            told("false VERIFIED session-pass true", post("passes", visitor).token(unspent));
        }
        assertThat(StandIns.MAIN.requestCount()).isEqualTo(1);
        assertThat(page("passes", visitor)).isEqualTo("true" + UNKNOWN_YET);
        asked(post("passes", visitor));

        told("true VERIFIED success true", post("passes", visitor).token(unspent));
        asked(post("everybody", visitor));
        asked(post("passes"));
        asked(post("passes", "Cookie", cookie(does("session", ""))));
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void aPassCreatesNoSession() {
        TestResponse answer = post("passes").token(StandIns.token("ok")).send();
        assertThat(answer.text()).isEqualTo("true VERIFIED success true");
        assertThat(answer.header("Set-Cookie")).isNull();
        assertThat(with(app().get("/who/passes")).send().header("Set-Cookie")).isNull();
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void aPassIsOfTheSessionWhateverItsId() {
        String before = cookie(does("session", ""));
        told("true VERIFIED success true", post("passes", "Cookie", before).token(StandIns.token("ok")));
        String after = cookie(does("change", before));
        assertThat(after).isNotEmpty().isNotEqualTo(before);
        told("false VERIFIED session-pass true", post("passes", "Cookie", after));
        asked(post("passes", "Cookie", before));
        does("invalidate", after);
        asked(post("passes", "Cookie", after));
        asked(post("passes", "Cookie", cookie(does("session", after))));
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void theApplicationEndsAPass() {
        String[] visitor = {"Cookie", cookie(does("session", ""))};
        told("true VERIFIED success true", post("passes", visitor).token(StandIns.token("ok")));
        told("false VERIFIED session-pass true", post("passes?accepted", visitor));
        asked(post("passes", visitor));
        told("true VERIFIED success true", post("passes?accepted").token(StandIns.token("ok")));
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void theLastPassIsUsedOnce() {
        String[] visitor = {"Cookie", cookie(does("session", ""))};
        told("true VERIFIED success true", post("passes", visitor).token(StandIns.token("ok")));
        List<CompletableFuture<TestResponse>> sent = IntStream.range(0, 12)
                .mapToObj(i -> post("passes", visitor).sendAsync())
                .toList();
        assertThat(sent.stream().map(CompletableFuture::join).map(TestResponse::status))
                .filteredOn(status -> status == 200)
                .hasSize(PASSES);
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void aPolicyHasTheLastWord() {
        String token = StandIns.token("ok");
        told(
                "false EXEMPT challenge-policy true",
                post("everybody", "X-Policy", "free").token(token));
        assertThat(page("everybody", "X-Policy", "free")).isEqualTo("false" + UNKNOWN_YET);
        asked(post("roles", "X-User", "staff", "X-Policy", "required"));
        assertThat(page("roles", "X-User", "staff", "X-Policy", "required")).isEqualTo("true" + UNKNOWN_YET);
        told(
                "true VERIFIED success true",
                post("roles", "X-User", "staff", "X-Policy", "required").token(token));
        told(
                "false EXEMPT exempt-addresses true",
                post("addresses", "X-Address", "192.0.2.9", "X-User", "staff", "X-Policy", "describes"));

        String session = cookie(does("session", ""));
        told("true VERIFIED success true", post("passes", "Cookie", session).token(StandIns.token("ok")));
        told("false VERIFIED session-pass true", post("passes", "Cookie", session, "X-Policy", "required"));
    }

    @ParameterizedTest
    @Covers(Feature.CHALLENGE)
    @CsvSource({"throws, roles", "throws-error, users"})
    default void aPolicyThatThrowsMeansRequired(String policy, String guard) {
        long mark = app().log().mark();
        for (int i = 0; i < 3; i++) {
            assertThat(page(guard, "X-User", "staff", "X-Policy", policy)).isEqualTo("true" + UNKNOWN_YET);
            asked(post(guard, "X-User", "staff", "X-Policy", policy));
        }
        told(
                "true VERIFIED success true",
                post(guard, "X-User", "staff", "X-Policy", policy).token(StandIns.token("ok")));
        assertThat(app().log().since(mark))
                .containsOnlyOnce("ChallengePolicy failed, so a token is required: guard=" + guard + " count=1");
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void attributesEventsAndMetricsSayWhatWasExemptAndWhy() {
        int before = Integer.parseInt(does("exempt", "", "guard", "addresses").text());
        told("false EXEMPT exempt-addresses true", post("addresses", "X-Address", "192.0.2.77"));
        assertThat(does("exempt", "", "guard", "addresses").text()).isEqualTo(Integer.toString(before + 1));
        assertThat(does("heard", "").text().lines()).contains("addresses exempt-addresses");
        page("addresses", "X-Address", "192.0.2.77");
        assertThat(does("exempt", "", "guard", "addresses").text())
                .as("a page is no verification")
                .isEqualTo(Integer.toString(before + 1));
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void monitorSaysWhatIsExempt() {
        int before = Integer.parseInt(does("exempt", "", "guard", "watched").text());
        told("false EXEMPT exempt-roles true", post("watched", "X-User", "staff"));
        told("true NO_TOKEN token-absent false", post("watched", "X-User", "ann"));
        assertThat(page("watched", "X-User", "ann")).isEqualTo("true" + UNKNOWN_YET);
        assertThat(does("exempt", "", "guard", "watched").text()).isEqualTo(Integer.toString(before + 1));
        assertThat(does("heard", "").text().lines()).contains("watched exempt-roles");
        assertThat(app().log().all()).contains("guard=watched", "reason=exempt-roles");
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void aDoubleClickIsToldThatTheFormWasReceived() {
        String token = StandIns.token("ok");
        told("true VERIFIED success true", post("everybody").token(token));
        Expect.problem(post("everybody").token(token).acceptJson().send(), 403, "duplicate_submission");
        Expect.problem(
                post("everybody").token(StandIns.token("redeemed")).acceptJson().send(), 403, "already_redeemed");
    }
}
