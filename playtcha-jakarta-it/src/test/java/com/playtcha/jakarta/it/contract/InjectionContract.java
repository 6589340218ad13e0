package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestResponse;
import com.playtcha.jakarta.testkit.Reply;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Guards by injection and annotation, beside filters; settings in microprofile-config.properties alone. */
public interface InjectionContract {

    /** {@code INJECTED}, in a running server. */
    DeployedApplication app();

    /** Every test begins with stand-ins that know nothing. */
    @BeforeEach
    default void forget() {
        StandIns.reset();
    }

    private Map<String, String> ask(String path, String token) {
        TestResponse answer = app().get(path + (path.contains("?") ? "&" : "?") + "token=" + token)
                .send();
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer.report();
    }

    @Test
    @Covers(Feature.INJECTION)
    default void injectedVerifierAsksUnderItsGuardsPolicy() {
        assertThat(ask("/free/verify?guard=default", StandIns.token("ok")))
                .containsEntry("verified.outcome", "VERIFIED")
                .containsEntry("verified.allowed", "true");
        assertThat(ask("/free/verify?guard=default", StandIns.token("db-error")))
                .containsEntry("verified.outcome", "UNAVAILABLE")
                .containsEntry("verified.allowed", "true");
        assertThat(ask("/free/verify?guard=signup", StandIns.token("db-error")))
                .containsEntry("verified.allowed", "false");
        assertThat(ask("/free/verify?guard=watching", StandIns.token("invalid")))
                .containsEntry("verified.reason", "token-invalid");
        assertThat(ask("/free/later?guard=signup", StandIns.token("ok"))).containsEntry("verified.outcome", "VERIFIED");
    }

    @Test
    @Covers(Feature.INJECTION)
    default void verifierOfASessionFindsItsGuardAgainAfterAJourney() {
        assertThat(ask("/free/moved?guard=signup", StandIns.token("db-error")))
                .containsEntry("verified.outcome", "UNAVAILABLE")
                .containsEntry("verified.allowed", "false");
        assertThat(ask("/free/moved?guard=signup", StandIns.token("ok"))).containsEntry("verified.outcome", "VERIFIED");
    }

    @Test
    @Covers(Feature.INTERCEPTOR)
    default void guardedMethodRunsOnlyForAGoodToken() {
        assertThat(ask("/free/closed", StandIns.token("ok")))
                .containsEntry("result", "done")
                .containsEntry("current.outcome", "VERIFIED")
                .containsEntry("attribute.playtcha.outcome", "VERIFIED")
                .containsEntry("attribute.playtcha.allowed", "true");
        assertThat(ask("/free/closed", StandIns.token("redeemed")))
                .doesNotContainKey("result")
                .containsEntry("denied.guard", "signup")
                .containsEntry("denied.reason", "already-redeemed")
                .containsEntry("attribute.playtcha.allowed", "false")
                .containsEntry("attribute.playtcha.error-code", "already_redeemed");
        assertThat(ask("/free/closed", "")).containsEntry("denied.reason", "token-absent");
        assertThat(ask("/free/closed", StandIns.token("db-error"))).containsEntry("denied.outcome", "UNAVAILABLE");
        assertThat(ask("/free/open", StandIns.token("db-error"))).containsEntry("result", "done");
        assertThat(ask("/free/watched", StandIns.token("invalid")))
                .containsEntry("result", "done")
                .containsEntry("attribute.playtcha.allowed", "false");
    }

    @Test
    @Covers(Feature.INTERCEPTOR)
    default void methodGuardedTwiceIsJudgedOnce() {
        assertThat(ask("/free/twice", StandIns.token("ok"))).containsEntry("result", "donedonedone");
        assertThat(StandIns.STEADY.requestCount()).isEqualTo(1);
    }

    @Test
    @Covers(Feature.INTERCEPTOR)
    default void methodWithoutTokenTakesWhatTheFilterWasTold() {
        Map<String, String> guarded = app().post("/guarded/without-token")
                .token(StandIns.token("ok"))
                .send()
                .report();

        assertThat(guarded).containsEntry("result", "done").containsEntry("current.outcome", "VERIFIED");
        assertThat(StandIns.STEADY.requestCount()).isEqualTo(1);
        assertThat(ask("/free/without-token", "")).containsEntry("denied.reason", "token-absent");
    }

    @Test
    @Covers(Feature.INTERCEPTOR)
    default void methodAppliesItsOwnPolicyToWhatTheFilterWasTold() {
        Map<String, String> report = app().post("/guarded/without-token")
                .token(StandIns.token("db-error"))
                .send()
                .report();

        assertThat(report)
                .containsEntry("denied.guard", "signup")
                .containsEntry("denied.outcome", "UNAVAILABLE")
                .containsEntry("attribute.playtcha.allowed", "false");
        assertThat(StandIns.STEADY.requestCount()).isEqualTo(1);
    }

    @Test
    @Covers(Feature.INJECTION)
    default void currentVerificationIsThatOfTheRequest() {
        TestResponse degraded = app().post("/guarded/nothing")
                .token(StandIns.token("ok-degraded"))
                .send();
        assertThat(degraded.report())
                .containsEntry("current.outcome", "VERIFIED")
                .containsEntry("current.allowed", "true");
        assertThat(ask("/free/nothing", "").get("no-current"))
                .contains("PlaytchaFilter", "url-patterns", "@PlaytchaProtected");
    }

    @Test
    @Covers(Feature.INJECTION)
    default void filterAndInjectedVerifierShareTheThrottleWindow() {
        record Seen(Map<String, String> verified, TestResponse filtered, int asked) {}
        Seen seen = ThrottleWindow.inside(
                () -> {
                    StandIns.THROTTLING_OPEN.reset();
                    return new Seen(
                            ask("/free/verify?guard=throttled", StandIns.token("rate-limited")),
                            app().post("/throttled/nothing")
                                    .token(StandIns.token("ok"))
                                    .send(),
                            StandIns.THROTTLING_OPEN.requestCount());
                },
                this::awaitEndOfThrottling);
        TestResponse filtered = seen.filtered();

        assertThat(seen.verified()).containsEntry("verified.reason", "rate-limited");
        assertThat(filtered.status()).isEqualTo(503);
        assertThat(filtered.header("Retry-After")).isNotNull();
        assertThat(seen.asked()).isEqualTo(1);
        assertThat(ask("/free/events", "")).containsKey("throttle.true");
        awaitEndOfThrottling();
    }

    private void awaitEndOfThrottling() {
        String token = StandIns.token("ok");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(app().post("/throttled/nothing")
                                .token(token)
                                .send()
                                .status())
                        .isEqualTo(200));
    }

    @Test
    @Covers(Feature.INJECTION)
    default void filterAndInjectedVerifierShareTheBreaker() {
        StandIns.BROKEN.always(Reply.resetConnection());
        for (int i = 0; i < 10; i++) {
            ask("/free/verify?guard=broken", StandIns.token("t"));
        }
        StandIns.BROKEN.reset();

        assertThat(app().post("/broken/nothing")
                        .token(StandIns.token("ok"))
                        .send()
                        .status())
                .isEqualTo(503);
        assertThat(StandIns.BROKEN.requestCount()).isZero();
        assertThat(ask("/free/events", "")).containsKey("breaker.OPEN");
    }

    @Test
    @Covers(Feature.INJECTION)
    default void everyVerificationIsAnEvent() {
        Map<String, String> before = ask("/free/events", "");

        app().post("/guarded/nothing").token(StandIns.token("ok")).send();
        ask("/free/closed", StandIns.token("ok"));
        ask("/free/verify?guard=signup", StandIns.token("ok"));

        Map<String, String> after = ask("/free/events", "");
        assertThat(count(after, "verified.default.VERIFIED") - count(before, "verified.default.VERIFIED"))
                .isEqualTo(1);
        assertThat(count(after, "verified.signup.VERIFIED") - count(before, "verified.signup.VERIFIED"))
                .isEqualTo(2);
    }

    private static int count(Map<String, String> report, String event) {
        return Integer.parseInt(report.getOrDefault(event, "0"));
    }
}
