package com.playtcha.jakarta.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.config.SettingsLoader.UsageSite;
import com.playtcha.jakarta.internal.late.service.LateResultsFacade;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Start and end of an application's runtime, with a real store of late results. */
class RuntimeLifecycleTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final PlaytchaApplication application =
            new PlaytchaApplication(RuntimeLifecycleTest.class.getClassLoader());

    @BeforeEach
    void configure() {
        Service.MADE.set(0);
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
        application.end();
    }

    private boolean isAtWork() {
        return application.late().getMetrics().isPresent();
    }

    @Test
    void aRunningHandlerCannotStartTheRuntimeWhileItsEngineIsClosed() {
        AtomicReference<Throwable> refused = new AtomicReference<>();
        CountDownLatch begun = new CountDownLatch(1);
        application.late().setHandler((result, delivery) -> {
            begun.countDown();
            while (refused.get() == null) {
                try {
                    application.guard("later");
                } catch (IllegalStateException e) {
                    refused.set(e);
                }
            }
        });
        application.acquire(runtime -> runtime);
        application.late().inbox().accept("task-1", "done");
        await().atMost(LONG).until(() -> begun.getCount() == 0);

        application.release();

        assertThat(refused.get()).hasMessageContaining("being closed");
        assertThat(isAtWork()).isFalse();
        application.acquire(runtime -> runtime);
        assertThat(isAtWork()).isTrue();
        assertThat(application.guard("later")).isSameAs(application.guard("later"));
    }

    private void fail() {
        assertThatThrownBy(() -> application.acquire(runtime -> {
                    throw new UnsupportedOperationException("out of luck");
                }))
                .hasMessage("out of luck");
    }

    @Test
    void aUserThatThrowsDoesNotCloseTheRuntimeOfOthers() {
        application.start();
        fail();
        assertThat(isAtWork()).isTrue();

        application.acquire(runtime -> runtime);
        fail();
        assertThat(isAtWork()).isTrue();

        application.release();
        assertThat(isAtWork()).isFalse();
    }

    @Test
    void aSingleUserThatThrowsClosesTheRuntimeAndTheNextStartsIt() {
        fail();
        assertThat(isAtWork()).isFalse();

        assertThat(application.guard("later")).isNotNull();
        assertThat(isAtWork()).isTrue();
    }

    /** Named in META-INF/services. */
    public static final class Service implements LateResultHandler {
        static final AtomicInteger MADE = new AtomicInteger();

        public Service() {
            MADE.incrementAndGet();
        }

        @Override
        public void handle(LateResult result, Delivery delivery) {}
    }

    private URLClassLoader loaderOf(Class<? extends LateResultHandler> service) throws Exception {
        Path services = Files.createDirectories(directory.resolve("classes/META-INF/services"));
        Files.writeString(services.resolve(LateResultHandler.class.getName()), service.getName() + "\n");
        URL[] classes = {directory.resolve("classes").toUri().toURL()};
        return new URLClassLoader(classes, getClass().getClassLoader());
    }

    @Test
    void theHandlerServiceIsCreatedOncePerApplication() throws Exception {
        try (URLClassLoader loader = loaderOf(Service.class)) {
            LateResultsFacade facade = new LateResultsFacade(() -> loader);
            facade.announce();
            facade.announce();

            assertThat(facade.findHandler()).isSameAs(facade.findHandler()).isInstanceOf(Service.class);
            assertThat(Service.MADE).hasValue(1);
        }
    }

    /** Named in META-INF/services; its constructor minds no interrupt. */
    public static final class NeverMade implements LateResultHandler {
        static volatile CountDownLatch begun = new CountDownLatch(1);
        static volatile CountDownLatch go = new CountDownLatch(1);

        public NeverMade() {
            begun.countDown();
            while (go.getCount() > 0) {
                LockSupport.park(this);
            }
        }

        @Override
        public void handle(LateResult result, Delivery delivery) {}

        static void reset() {
            begun = new CountDownLatch(1);
            go = new CountDownLatch(1);
        }

        static void letGo(Thread making) {
            go.countDown();
            LockSupport.unpark(making);
        }
    }

    @Test
    void endDoesNotWaitForAConstructorThatBlocksAndItsHandlerIsDropped() throws Exception {
        NeverMade.reset();
        try (URLClassLoader loader = loaderOf(NeverMade.class)) {
            PlaytchaApplication ending = new PlaytchaApplication(loader);
            FutureTask<Boolean> made = new FutureTask<>(() -> ending.late().findHandler() != null);
            Thread making = new Thread(made);
            making.start();
            try {
                assertThat(NeverMade.begun.await(60, TimeUnit.SECONDS)).isTrue();

                assertThatCode(() -> CompletableFuture.runAsync(ending::end, work -> new Thread(work).start())
                                .get(60, TimeUnit.SECONDS))
                        .doesNotThrowAnyException();
                assertThat(made).isNotDone();
            } finally {
                NeverMade.letGo(making);
            }

            assertThat(made.get(60, TimeUnit.SECONDS)).isFalse();
            assertThat(ending.late().findHandler()).isNull();
        }
    }
}
