package com.playtcha.jakarta.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.config.SettingsLoader.UsageSite;
import com.playtcha.jakarta.late.LateState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application's runtime is closed and started again on one real store. */
class RestartTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final PlaytchaApplication application = new PlaytchaApplication(RestartTest.class.getClassLoader());
    /** What happened, in order. */
    private final List<String> seen = new CopyOnWriteArrayList<>();

    private final CountDownLatch begun = new CountDownLatch(1);
    private final AtomicBoolean go = new AtomicBoolean();

    @BeforeEach
    void configure() {
        Map<String, String> params = Map.of(
                "playtcha.secret", "sk_test_0123456789abcdef",
                "playtcha.base-url", "https://playtcha.example",
                "playtcha.guards", "later",
                "playtcha.late-verdicts", "true",
                "playtcha.late-dir", directory.resolve("late").toString());
        application.configure(uses -> new SettingsLoader()
                .contextParams(params)
                .uses(Set.of(new UsageSite(null, "a test")))
                .load());
    }

    @AfterEach
    void end() {
        go.set(true);
        application.end();
    }

    private static FutureTask<Void> on(String name, Runnable work) {
        FutureTask<Void> task = new FutureTask<>(work, null);
        new Thread(task, name).start();
        return task;
    }

    /** Asks for a guard once it may go on, as code of the application's would. */
    private void handleLate() {
        application.late().setHandler((result, delivery) -> {
            begun.countDown();
            while (!go.get()) {
                Thread.onSpinWait();
            }
            try {
                application.guard("later");
            } catch (IllegalStateException e) {
                seen.add("refused: " + e.getMessage());
            }
            seen.add("handler ends");
        });
        application.late().inbox().accept("task-1", "done");
        await().atMost(LONG).until(() -> begun.getCount() == 0);
    }

    private void startsOnlyWhenTheOldRunIsClosed(Runnable closing) throws Exception {
        FutureTask<Void> closed = on("closer", closing);
        await().atMost(LONG).until(() -> !application.isRunning());
        assertThatIllegalStateException()
                .isThrownBy(() -> application.acquire(runtime -> seen.add("too early")))
                .withMessageContaining("being closed");
        go.set(true);

        closed.get(60, TimeUnit.SECONDS);
        application.acquire(runtime -> seen.add("new run"));
        assertThat(seen).hasSize(3);
        assertThat(seen.get(0)).startsWith("refused: ");
        assertThat(seen).endsWith("handler ends", "new run");

        application.late().inbox().accept("task-2", "done");
        await().atMost(LONG)
                .until(() -> application
                                .late()
                                .getTasks()
                                .find("task-2")
                                .orElseThrow()
                                .getState()
                        == LateState.DELIVERED);
    }

    @Test
    void aRunWithOtherSettingsStartsOnlyWhenTheOldOneIsClosed() throws Exception {
        application.start();
        handleLate();

        startsOnlyWhenTheOldRunIsClosed(this::configure);
    }

    @Test
    void aRunForANewUserStartsOnlyWhenTheOldOneIsClosed() throws Exception {
        application.acquire(runtime -> runtime);
        handleLate();

        startsOnlyWhenTheOldRunIsClosed(application::release);
    }
}
