package com.playtcha.jakarta.it.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.GuardedApplication;
import com.playtcha.jakarta.it.server.JettyServer;
import com.playtcha.jakarta.it.server.SmallWar;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestResponse;
import com.playtcha.jakarta.it.server.Traffic;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Section 3: undeploying leaves nothing behind. */
@Tag("jetty")
@Covers(Feature.UNDEPLOY)
class JettyUndeployIT {

    @BeforeEach
    void forget() {
        StandIns.reset();
    }

    @Test
    void undeployingEndsEveryThreadBeforeItReturnsAndFreesTheClassLoader() throws Exception {
        WeakReference<ClassLoader> classes = deployUseAndUndeploy(GuardedApplication.war());

        await().atMost(Duration.ofSeconds(60)).until(() -> {
            System.gc();
            return classes.get() == null;
        });
    }

    @Test
    void applicationWithMicroProfileConfigIsFreedToo() throws Exception {
        WeakReference<ClassLoader> classes = deployUseAndUndeploy(SmallWar.MICROPROFILE.war());

        await().atMost(Duration.ofSeconds(60)).until(() -> {
            System.gc();
            return classes.get() == null;
        });
    }

    @Test
    void visitorWhoIsWaitingIsNotLetThroughUnverified() throws Exception {
        try (JettyServer jetty = JettyServer.start(GuardedApplication.war())) {
            CompletableFuture<TestResponse> waiting = jetty.application()
                    .post("/open/echo")
                    .token(StandIns.token("hang"))
                    .sendAsync();
            StandIns.MAIN.awaitRequests(1, Duration.ofSeconds(20));

            jetty.undeploy();

            assertThat(ownThreads()).isEmpty();
            assertThat(waiting.handle((answer, broken) -> broken != null || !answer.isFrom("application"))
                            .get(60, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    private static WeakReference<ClassLoader> deployUseAndUndeploy(WebArchive war) throws Exception {
        AtomicReference<JettyServer> jetty = new AtomicReference<>(JettyServer.start(war));
        DeployedApplication app = jetty.get().application();
        if (war.getName().startsWith("guarded")) {
            Traffic.ofEverySort(app);
        } else {
            assertThat(app.post("/guarded/echo")
                            .token(StandIns.token("ok"))
                            .send()
                            .status())
                    .isEqualTo(200);
        }
        assertThat(ownThreads()).as("there is something to end").isNotEmpty();
        WeakReference<ClassLoader> classes = new WeakReference<>(jetty.get().applicationClassLoader());

        jetty.get().undeploy();

        assertThat(ownThreads()).isEmpty();
        jetty.getAndSet(null).close();
        return classes;
    }

    private static List<String> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("playtcha-"))
                .toList();
    }
}
