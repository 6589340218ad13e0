package com.playtcha.jakarta.it.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.contract.InjectionDeploymentContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.InjectionWar;
import com.playtcha.jakarta.it.server.JettyServer;
import com.playtcha.jakarta.it.server.ServerLog;
import com.playtcha.jakarta.it.server.StandIns;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Deploying and undeploying applications with beans, in a bare Jetty 12. */
@Tag("jetty")
class JettyInjectionDeploymentIT implements InjectionDeploymentContract {
    private @Nullable JettyServer jetty;

    @Override
    public DeployedApplication deploy(InjectionWar war) throws Exception {
        jetty = JettyServer.start(war.withEverythingInside());
        return jetty.application();
    }

    @Override
    public void undeploy(InjectionWar war) throws Exception {
        stop();
    }

    @Override
    public ServerLog log() {
        return ServerLog.ofEmbeddedServers();
    }

    @AfterEach
    void stop() throws Exception {
        if (jetty != null) {
            jetty.close();
            jetty = null;
        }
    }

    @Test
    void undeployingLeavesNoThreadAndFreesTheClassLoader() throws Exception {
        WeakReference<ClassLoader> classes = useAndUndeploy();

        await().atMost(Duration.ofSeconds(60)).until(() -> {
            System.gc();
            return classes.get() == null;
        });
    }

    private static WeakReference<ClassLoader> useAndUndeploy() throws Exception {
        AtomicReference<JettyServer> server =
                new AtomicReference<>(JettyServer.start(InjectionWar.INJECTED.withEverythingInside()));
        DeployedApplication app = server.get().application();
        assertThat(app.get("/free/twice?token=" + StandIns.token("ok")).send().report())
                .containsEntry("result", "donedonedone");
        assertThat(app.get("/free/later?guard=signup&token=" + StandIns.token("ok"))
                        .send()
                        .report())
                .containsEntry("verified.outcome", "VERIFIED");
        assertThat(app.post("/guarded/nothing")
                        .token(StandIns.token("ok"))
                        .send()
                        .status())
                .isEqualTo(200);
        WeakReference<ClassLoader> classes = new WeakReference<>(server.get().applicationClassLoader());

        server.get().undeploy();

        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("playtcha-"));
        server.getAndSet(null).close();
        return classes;
    }
}
