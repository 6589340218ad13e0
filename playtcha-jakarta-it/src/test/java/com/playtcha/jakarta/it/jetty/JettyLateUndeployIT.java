package com.playtcha.jakarta.it.jetty;

import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.contract.LateUndeployContract;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.JettyServer;
import com.playtcha.jakarta.it.server.LateWar;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;

/** Undeploying in the middle of late results, in Jetty 12. */
@Tag("jetty")
class JettyLateUndeployIT implements LateUndeployContract {
    private @Nullable JettyServer jetty;
    private WeakReference<ClassLoader> classes = new WeakReference<>(null);

    @Override
    public DeployedApplication deploy() throws Exception {
        JettyServer started = JettyServer.start(LateWar.UNDEPLOYED.war());
        jetty = started;
        classes = new WeakReference<>(started.applicationClassLoader());
        return started.application();
    }

    @Override
    public void undeploy() throws Exception {
        JettyServer started = jetty;
        jetty = null;
        if (started != null) {
            try (started) {
                started.undeploy();
            }
        }
    }

    @Override
    public List<String> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("playtcha-"))
                .toList();
    }

    @Override
    public void awaitFreed() {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            System.gc();
            return classes.get() == null;
        });
    }
}
