package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestRequest;
import com.playtcha.jakarta.it.server.TestResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Filter, resource, interceptor and verifier in one application are one guard: they share all that can be shared. */
@Covers(Feature.EVERYTHING)
public interface EverythingContract {
    /** Ways in that are denied while Playtcha throttles. */
    String[] WAYS = {"throttled/filtered", "free/annotated", "free/intercepted"};

    /** The application, deployed. */
    DeployedApplication app();

    /** Every test begins with stand-ins that know nothing. */
    @BeforeEach
    default void forget() {
        StandIns.reset();
    }

    @Test
    default void tokenIsRedeemedOnceByFilterResourceAndInterceptor() {
        TestResponse answer = ask("filtered/all", "ok");

        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("open,closed,without-token,VERIFIED");
        assertThat(StandIns.STEADY.requestCount()).isEqualTo(1);
    }

    @Test
    default void filterDeniesBeforeTheResourceDoes() {
        Expect.problem(ask("filtered/all", "redeemed"), 403, "already_redeemed");
        Expect.problem(
                app().post("/api/filtered/all")
                        .acceptJson()
                        .body("text/plain", "body")
                        .send(),
                400,
                "token_missing");
        assertThat(StandIns.STEADY.requestCount()).isEqualTo(1);
    }

    @Test
    default void interceptorDeniesByItsOwnPolicyWhatFilterAndResourceLetBy() {
        Expect.problem(ask("filtered/all", "db-error"), 503, "db_error");
        assertThat(StandIns.STEADY.requestCount()).isEqualTo(1);
    }

    @Test
    default void resourceThatIsABeanIsJudgedOnce() {
        Expect.reached(ask("bean", "ok"), "VERIFIED,true");
        Expect.problem(ask("bean", "db-error"), 503, "db_error");
        Expect.problem(app().post("/api/bean").body("text/plain", "body").send(), 400, "token_missing");
        assertThat(StandIns.STEADY.requestCount()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"throttled/filtered", "free/annotated", "free/intercepted", "free/verified"})
    default void whoeverIsThrottledThrottlesTheOthers(String first) {
        record Seen(TestResponse throttled, List<TestResponse> others, TestResponse verified, int asked) {}
        Seen seen = ThrottleWindow.inside(
                () -> {
                    StandIns.THROTTLING_OPEN.reset();
                    return new Seen(
                            ask(first, "rate-limited"),
                            Stream.of(WAYS).map(way -> ask(way, "ok")).toList(),
                            ask("free/verified", "ok"),
                            StandIns.THROTTLING_OPEN.requestCount());
                },
                this::awaitEnd);
        TestResponse throttled = seen.throttled();
        if (first.endsWith("verified")) {
            Expect.reached(throttled, "rate-limited");
        } else {
            Expect.problem(throttled, 503, "rate_limited_ip");
        }

        for (TestResponse answer : seen.others()) {
            Expect.problem(answer, 503, "throttled");
            assertThat(answer.header("Retry-After")).isNotNull();
        }
        Expect.reached(seen.verified(), "throttle-window");
        assertThat(seen.asked()).isEqualTo(1);
        awaitEnd();
    }

    private void awaitEnd() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(ask("free/annotated", "ok").status()).isEqualTo(200));
    }

    @ParameterizedTest
    @Covers(Feature.CHALLENGE)
    @ValueSource(strings = {"known/filtered", "free/known", "free/known-to-bean"})
    default void exemptAddressesAndAPolicyThatIsABean(String way) {
        Expect.reached(post(way).send(), "false EXEMPT exempt-addresses");
        String token = StandIns.token("ok");
        Expect.reached(post(way).token(token).send(), "false EXEMPT exempt-addresses");
        Expect.problem(post(way).header("X-Policy", "required").send(), 400, "token_missing");
        Expect.problem(post(way).header("X-Policy", "throws-error").send(), 400, "token_missing");
        assertThat(StandIns.STEADY.requestCount()).isZero();
        Expect.reached(post(way).header("X-Policy", "required").token(token).send(), "true VERIFIED success");
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void aCounterThatIsABean() {
        post("free/succeeded").send();
        Expect.reached(post("free/counted").send(), "false EXEMPT after-failures");
        Expect.reached(post("free/failed").send(), "{address:7f000001 PT15M=1}");
        Expect.reached(post("free/counted").send(), "false EXEMPT after-failures");
        post("free/failed").send();
        Expect.problem(post("free/counted").send(), 400, "token_missing");
        Expect.reached(post("free/counted").token(StandIns.token("ok")).send(), "true VERIFIED success");
        Expect.reached(post("free/succeeded").send(), "{}");
        Expect.reached(post("free/counted").send(), "false EXEMPT after-failures");
    }

    @Test
    @Covers(Feature.CHALLENGE)
    default void aSessionPassOfAResource() {
        String header = Objects.requireNonNull(post("free/session").send().header("Set-Cookie"));
        String session = header.replaceFirst(";.*", "");
        Expect.reached(
                post("free/returning")
                        .header("Cookie", session)
                        .token(StandIns.token("ok"))
                        .send(),
                "true VERIFIED success");
        Expect.reached(post("free/returning").header("Cookie", session).send(), "false VERIFIED session-pass");
        Expect.problem(post("free/returning").header("Cookie", session).send(), 400, "token_missing");
        TestResponse withoutSession =
                post("free/returning").token(StandIns.token("ok")).send();
        assertThat(withoutSession.header("Set-Cookie")).isNull();
    }

    private TestRequest post(String path) {
        return app().post("/api/" + path).body("text/plain", "body").acceptJson();
    }

    @Test
    default void deploymentIsToldAndHidesTheSecret() {
        // By now the last of them has started.
        Expect.reached(ask("bean", "ok"), "VERIFIED,true");

        assertThat(app().log().all())
                .containsPattern("(?m)^.*INFO.*Filter playtcha guards \\[/api/filtered/\\*\\] .*fail-closed=false.*$")
                .containsPattern("(?m)^.*INFO.*Filter playtcha-throttled guards \\[/api/throttled/\\*\\] .*$")
                .containsPattern("(?m)^.*INFO.*Guard signup is used by .*allapp\\.Work\\.closed.*fail-closed=true.*$")
                .containsPattern("(?m)^.*INFO.*Jakarta REST resources are guarded as \"throttled\".*$")
                .doesNotContain(StandIns.STEADY.secret());
    }

    private TestResponse ask(String path, String token) {
        return post(path).token(StandIns.token(token)).send();
    }
}
