package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.server.GuardedApplication;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestResponse;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 2, THROTTLED: Playtcha said when to come back, and is not asked before. */
interface ThrottleContract extends ContractPart {

    @ParameterizedTest
    @ValueSource(strings = {"throttled-open", "throttled-closed"})
    default void throttleWindowIsHonouredAndEnds(String policy) {
        PlaytchaStandIn playtcha = policy.endsWith("open") ? StandIns.THROTTLING_OPEN : StandIns.THROTTLING_CLOSED;
        String path = "/" + policy + "/echo";
        long mark = app().log().mark();

        record Seen(TestResponse first, TestResponse second, int asked) {}
        Seen seen = ThrottleWindow.inside(
                () -> {
                    playtcha.reset();
                    return new Seen(
                            app().post(path)
                                    .token(StandIns.token("rate-limited"))
                                    .send(),
                            app().post(path)
                                    .token(StandIns.token("ok"))
                                    .acceptJson()
                                    .send(),
                            playtcha.requestCount());
                },
                () -> awaitEnd(path));
        TestResponse first = seen.first();
        TestResponse second = seen.second();

        assertThat(Expect.denied(first, 503, "THROTTLED", "rate-limited"))
                .containsEntry("attribute.playtcha.error-code", "rate_limited_ip");
        assertThat(first.header("Retry-After")).isEqualTo(Integer.toString(GuardedApplication.MAX_RETRY_AFTER));
        Expect.problem(second, 503, "throttled");
        assertThat(Integer.parseInt(second.header("Retry-After"))).isBetween(1, GuardedApplication.MAX_RETRY_AFTER);
        assertThat(seen.asked()).as("not asked inside the window").isEqualTo(1);
        assertThat(app().log().since(mark)).containsPattern("(?m)^.*WARN.*(rate_limited_ip|hrottle).*$");

        awaitEnd(path);
    }

    private void awaitEnd(String path) {
        String token = StandIns.token("ok");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> Expect.allowed(app().post(path).token(token).send(), "VERIFIED", "success"));
    }
}
