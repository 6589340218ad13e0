package com.playtcha.jakarta.late.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.StandaloneGuards;
import com.playtcha.jakarta.internal.late.service.LateResultsFacade;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.testkit.LateClock;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** An application whose time a test moves by the test kit, on the embedded database: nothing here waits. */
class MovedTimeTest {
    private final List<String> handled = new CopyOnWriteArrayList<>();
    private LateResultHandler handler = (result, delivery) -> handled.add(result.getId() + " " + result.getOutcome());
    private TaskApp app;

    @TempDir
    Path directory;

    @AfterEach
    void stop() {
        if (app != null) {
            app.close();
        }
    }

    private void start(String... settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "late-dir",
                directory.toString(),
                "callback-path",
                TaskApp.CALLBACKS,
                "callback-key",
                "0123456789abcdef"));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        app = new TaskApp(all, (result, delivery) -> handler.handle(result, delivery));
    }

    private void callBack(String id) {
        assertThat(AcceptanceFixture.send(
                                "POST", app.url(TaskApp.CALLBACKS + "?key=0123456789abcdef&code=done&id=" + id))
                        .statusCode())
                .isEqualTo(200);
    }

    private LateState state(String id) {
        return app.late().getTasks().find(id).map(LateItem::getState).orElse(null);
    }

    @Test
    void aResultIsDeliveredNowAndAFailedOneOnceItsRetryIsDue() {
        handler = (result, delivery) -> {
            handled.add("call " + delivery.getAttempt());
            if (delivery.getAttempt() < 3) {
                throw new IllegalStateException("the account is locked");
            }
        };
        start("dead-letter-retry", "10m");
        callBack("t1");

        LateClock.deliverNow();
        assertThat(handled).containsExactly("call 1");
        assertThat(state("t1")).isEqualTo(LateState.RETRYING);
        LateClock.advance(Duration.ofMinutes(8));
        assertThat(handled).hasSize(1);
        LateClock.advance(Duration.ofMinutes(2));
        assertThat(handled).containsExactly("call 1", "call 2");
        LateClock.advance(Duration.ofMinutes(20));

        assertThat(handled).containsExactly("call 1", "call 2", "call 3");
        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
    }

    /** Such as one that is deployed to a server in the same process, and has classes of its own. */
    @Test
    void anApplicationWithoutTheTestKitIsLeftAlone() throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader own = thread.getContextClassLoader();
        URL h2 = org.h2.Driver.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader other = new URLClassLoader(new URL[] {h2}, ClassLoader.getPlatformClassLoader())) {
            thread.setContextClassLoader(other);
            try (StandaloneGuards without = PlaytchaGuards.open(Map.of(
                    "base-url",
                    "http://127.0.0.1:9",
                    "secret",
                    "test-secret",
                    "late-dir",
                    directory.resolve("other").toString()))) {
                thread.setContextClassLoader(own);
                assertThatThrownBy(LateClock::deliverNow)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("test kit");

                start();
                callBack("t1");
                LateClock.deliverNow();

                assertThat(handled).hasSize(1);
            }
        } finally {
            thread.setContextClassLoader(own);
        }
    }

    @Test
    void aTaskWithoutAResultExpires() {
        start("poll-expiry", "30m");
        app.late().getTasks().track("t1");

        LateClock.advance(Duration.ofMinutes(29));
        assertThat(state("t1")).isEqualTo(LateState.AWAITING);
        LateClock.advance(Duration.ofMinutes(1));

        assertThat(handled).containsExactly("t1 " + LateOutcome.EXPIRED);
        assertThat(state("t1")).isEqualTo(LateState.EXPIRED);
    }

    @Test
    void endedItemsAreRememberedForTheRetentionAndDeletedAfterIt() {
        start("late-retention", "P2D");
        callBack("t1");
        LateClock.deliverNow();
        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);

        LateClock.advance(Duration.ofHours(47));
        callBack("t1");
        LateClock.deliverNow();
        assertThat(handled).as("a second delivery changes nothing").hasSize(1);
        LateClock.advance(Duration.ofHours(2));

        assertThat(state("t1")).isNull();
    }

    @Test
    void aVisitorWhoWasAllowedUnverifiedIsVerifiedOncePlaytchaIsBack() {
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start()) {
            playtcha.refuse();
            start(
                    "base-url",
                    playtcha.baseUrl().toString(),
                    "secret",
                    playtcha.secret(),
                    "url-patterns",
                    "/tasks",
                    "late-verdicts",
                    "true",
                    // The call is made once, also on a busy machine.
                    "timeout",
                    "30s");
            assertThat(AcceptanceFixture.send("POST", app.url("/tasks?id=t1&playtcha-response=ok-1"))
                            .statusCode())
                    .isEqualTo(200);
            LateClock.deliverNow();
            assertThat(handled).as("Playtcha is still away").isEmpty();
            playtcha.accept();

            LateClock.advance(Duration.ofMinutes(1));

            assertThat(handled).hasSize(1).first().asString().endsWith(LateOutcome.VERIFIED.name());
            playtcha.verifications().of("ok-1").once().answered(200);
        }
    }

    @Test
    void onlyTheTestKitMovesTheTime() {
        assertThat(new LateResultsFacade(() -> getClass().getClassLoader()).hasTestKit())
                .isTrue();
        assertThat(new LateResultsFacade(ClassLoader::getPlatformClassLoader).hasTestKit())
                .isFalse();
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void handlersRunOnVirtualThreadsBySetting() {
        handler = (result, delivery) ->
                handled.add(String.valueOf(Thread.class.getMethod("isVirtual").invoke(Thread.currentThread())));
        start("late-virtual-threads", "true");
        callBack("t1");

        LateClock.deliverNow();

        assertThat(handled).containsExactly("true");
    }

    @Test
    void withoutAnApplicationThereIsNothingToMove() {
        assertThatThrownBy(LateClock::deliverNow).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> LateClock.advance(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
