package com.playtcha.jakarta.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start that fails leaves nothing behind and nothing usable, and a start that hangs holds no visitor. */
class FailedStartTest {
    private final ProxySelector platform = ProxySelector.getDefault();
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final CountDownLatch go = new CountDownLatch(1);
    private PlaytchaApplication application = create(Duration.ofSeconds(30));

    @TempDir
    Path directory;

    private static PlaytchaApplication create(Duration startTimeout) {
        return new PlaytchaApplication(FailedStartTest.class.getClassLoader(), startTimeout);
    }

    @BeforeEach
    void noThreadsOfOtherTests() {
        awaitNoThreads();
    }

    @AfterEach
    void end() {
        go.countDown();
        ProxySelector.setDefault(platform);
        application.end();
        playtcha.close();
        awaitNoThreads();
    }

    private static void awaitNoThreads() {
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("playtcha-")));
    }

    private void configure(String... keysAndValues) {
        Map<String, String> settings = new HashMap<>(
                Map.of("base-url", playtcha.baseUrl().toString(), "secret", playtcha.secret(), "timeout", "20s"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        application.configure(uses -> new SettingsLoader()
                .map(settings)
                .classLoader(getClass().getClassLoader())
                .uses(uses)
                .load());
    }

    @Test
    void theFirstGuardIsClosedIfTheTransportOfTheSecondThrows() {
        ProxySelector.setDefault(new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                if (uri.getHost().equals("playtcha.example")) {
                    throw new IllegalArgumentException("no proxy for " + uri.getHost());
                }
                return List.of(Proxy.NO_PROXY);
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException e) {}
        });
        configure("guards", "payout", "guards.payout.base-url", "https://playtcha.example");

        assertThatThrownBy(application::start).hasMessageContaining("no proxy for playtcha.example");

        awaitNoThreads();
        assertThat(application.isRunning()).isFalse();
    }

    @Test
    void everythingIsClosedIfTheMetricsThrow() throws Exception {
        configure("guards", "later", "late-verdicts", "true", "late-dir", directory.toString());
        application.late().setName("/failed-start");
        application.setBeans(new ApplicationBeans() {
            @Override
            public <T> @Nullable T find(Class<T> type) {
                throw new AssertionError("beans are broken");
            }
        });

        assertThatThrownBy(application::start).hasMessage("beans are broken");

        awaitNoThreads();
        assertThat(ManagementFactory.getPlatformMBeanServer()
                        .queryNames(new ObjectName("com.playtcha.jakarta:*,application=\"/failed-start\""), null))
                .isEmpty();
        assertThat(application.late().getMetrics()).isEmpty();
        // Its database can be opened again, so it was closed.
        application.setBeans(null);
        application.start();
        assertThat(application.late().getMetrics()).isPresent();
    }

    @Test
    void guardsThatWereStartedBeforeTheFailureVerifyNothing() {
        configure();
        Guard started = application.acquire(runtime -> application.guard("default"));
        assertThat(started.verify("ok-1").isAllowed()).isTrue();
        IllegalStateException cause = new IllegalStateException("wrong settings");

        application.failStartup(cause);

        assertThatIllegalStateException().isThrownBy(() -> started.verify("ok-2"));
        assertThatThrownBy(() -> application.guard("default")).isSameAs(cause);
        assertThatThrownBy(() -> application.acquire(runtime -> runtime)).isSameAs(cause);
        assertThatThrownBy(() -> application.verifier().verify("ok-3")).isSameAs(cause);
        assertThatThrownBy(() -> configure()).isSameAs(cause);
        awaitNoThreads();
        assertThat(playtcha.requestCount()).isEqualTo(1);
    }

    /** An application that nothing has started, whose data source hangs as long as the test says. */
    private FutureTask<Guard> visitWhileTheDataSourceHangs(Duration startTimeout) throws Exception {
        application = create(startTimeout);
        configure("guards", "later", "late-verdicts", "true", "late-datasource", "jdbc/hangs");
        CountDownLatch begun = new CountDownLatch(1);
        application.late().setDataSources(name -> {
            assertThat(Thread.holdsLock(application)).isFalse();
            begun.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            throw new IllegalStateException("no data source");
        });
        FutureTask<Guard> visit = new FutureTask<>(() -> application.guard("later"));
        new Thread(visit, "visitor").start();
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        return visit;
    }

    @Test
    void aVisitorDoesNotWaitForADataSourceThatHangs() throws Exception {
        FutureTask<Guard> visit = visitWhileTheDataSourceHangs(Duration.ofMillis(1));

        assertThatThrownBy(() -> visit.get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("still being started");
        assertThatIllegalStateException()
                .isThrownBy(() -> application.guard("later"))
                .withMessageContaining("still being started");
    }

    @Test
    void anEarlyVisitorGetsTheErrorOfTheStart() throws Exception {
        FutureTask<Guard> visit = visitWhileTheDataSourceHangs(Duration.ofMinutes(5));
        assertThat(application.settings().isInUse()).isTrue();
        assertThat(application.names()).contains("later");

        go.countDown();

        assertThatThrownBy(() -> visit.get(60, TimeUnit.SECONDS)).cause().hasMessageContaining("no data source");
    }

    @Test
    void aGuardThatCodeUsesFirstIsStartedAndKept() {
        configure();

        Guard guard = application.guard("default");

        assertThat(guard.verify("ok-1").isAllowed()).isTrue();
        assertThat(application.guard("default")).isSameAs(guard);
    }
}
