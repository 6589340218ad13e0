package com.playtcha.jakarta.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An application that takes late results, as its visitors, another service and its operator see it. */
public final class LateApplication {
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final AtomicInteger IDS = new AtomicInteger();

    private final DeployedApplication app;

    /** A {@link LateWar}, deployed. */
    public LateApplication(DeployedApplication app) {
        this.app = app;
    }

    /** An id that was never used before, not in an earlier run of the same server either. */
    public static String id(String prefix) {
        return prefix + "-" + ProcessHandle.current().pid() + "-" + IDS.incrementAndGet();
    }

    /**
     * Has visitors sign up until one is let in and tracked: a machine that is busy lets some in untracked.
     *
     * @param token how each token begins
     * @param reason why they are let in unverified
     * @return the id that the request carried
     */
    public String signUp(String token, String reason) {
        return signUp("/sign-up", token, reason);
    }

    /** The same, at a path. */
    public String signUp(String path, String token, String reason) {
        return await().atMost(LONG)
                .until(
                        () -> {
                            TestResponse answer =
                                    app.post(path).token(StandIns.token(token)).send();
                            assertThat(answer.status()).as("%s", answer).isEqualTo(200);
                            assertThat(answer.report())
                                    .containsEntry("attribute.playtcha.outcome", "UNAVAILABLE")
                                    .containsEntry("el.playtcha.reason.label", reason);
                            return answer.report().getOrDefault("attribute.playtcha.deferral-id", "");
                        },
                        id -> !id.isEmpty());
    }

    /** A visitor whose answer is not waited for. */
    public CompletableFuture<TestResponse> signUpAsync(String token) {
        return app.post("/sign-up").token(StandIns.token(token)).sendAsync();
    }

    /** Calls back with the key, by POST. */
    public TestResponse callBack(String id, String code) {
        return callback("POST", "")
                .form("id", id, "code", code, "key", LateWar.KEY)
                .send();
    }

    /** Any request to the path of callbacks. */
    public TestRequest callback(String method, String query) {
        return app.request(method, "/results" + query);
    }

    /** Has the application track a task, again where the store of a busy machine took too long; what it was told. */
    public Map<String, String> track(String id) {
        return await().atMost(LONG)
                .until(() -> app.get("/late/track?id=" + id).send(), answer -> answer.status() == 200)
                .report();
    }

    /** From now on the handler does not come back from what begins with {@code held}. */
    public void hold() {
        late("/hold");
    }

    /** Counters and gauges. */
    public Map<String, String> figures() {
        return late("/figures");
    }

    /** One counter. */
    public long counter(String name) {
        return Long.parseLong(figures().getOrDefault("counter." + name, "-1"));
    }

    /** Everything that the handler has done, and the figures. */
    public Map<String, String> effects() {
        return late("/effects");
    }

    /** Waits for the handler's effect on an item; it has one. */
    public Map<String, String> awaitEffect(String id) {
        Map<String, String> report =
                await().atMost(LONG).until(this::effects, effects -> effects.containsKey("effects." + id));
        assertThat(report).containsEntry("effects." + id, "1");
        return report;
    }

    /** The same; with this outcome, and this code where it is not null. */
    public void awaitEffect(String id, String outcome, @Nullable String code) {
        Map<String, String> report = awaitEffect(id);
        assertThat(report).containsEntry("outcome." + id, outcome);
        if (code == null) {
            assertThat(report).doesNotContainKey("code." + id);
        } else {
            assertThat(report).containsEntry("code." + id, code);
        }
    }

    private Map<String, String> late(String path) {
        TestResponse answer = app.get("/late" + path).send();
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer.report();
    }
}
