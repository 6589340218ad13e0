package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.late.engine.LateInbox;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/** An application in which everything happens once that metrics show, and more than once what is told apart. */
public final class ScriptedRun implements AutoCloseable {
    public final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final URLClassLoader loader = new URLClassLoader(new URL[0], ScriptedRun.class.getClassLoader());
    private final PlaytchaApplication application = ApplicationRegistry.bind(loader);
    /** Bound, so that no other process gets the port, but without a listener. */
    private final Socket nobody = new Socket();

    /** An application {@code /shop} with these beans, a folder for late results, and these settings more. */
    public ScriptedRun(ApplicationBeans beans, Path lateDir, String... more) throws IOException {
        nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Map<String, String> settings = new HashMap<>(Map.of(
                "base-url",
                playtcha.baseUrl().toString(),
                "secret",
                playtcha.secret(),
                "timeout",
                "20s",
                "late-dir",
                lateDir.toString(),
                "guards",
                "payout",
                // Another server, to which nobody listens.
                "guards.payout.base-url",
                "http://localhost:" + nobody.getLocalPort(),
                "guards.payout.fail-closed",
                "true",
                "guards.payout.max-concurrent",
                "5"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        application.late().setName("/shop");
        application.late().setHandler((result, delivery) -> {
            if ("bad".equals(result.getCode())) {
                throw new IllegalStateException("a handler that fails");
            }
        });
        application.setBeans(beans);
        application.configure(
                uses -> new SettingsLoader().map(settings).uses(uses).load());
        application.start();
    }

    public PlaytchaApplication application() {
        return application;
    }

    public void verify(String guard, String token) {
        application.guard(guard).verify(token);
    }

    /** Two visitors verified, and one of each other kind; an open breaker and an open throttle window at the end. */
    public ScriptedRun run() {
        for (String token : new String[] {"ok-1", "ok-2", "invalid-1", null, "bad-secret-1", "db-error-1"}) {
            verify("default", token);
        }
        for (int i = 0;
                application.guard("payout").verify("t-" + i).getReason()
                        != com.playtcha.jakarta.Reason.BREAKER_OPEN; ) {
            i++;
        }
        verify("default", "rate-limited-60");
        if (application.guard("default").verify("ok-3").getOutcome() != Outcome.THROTTLED) {
            throw new AssertionError("there is no throttle window");
        }
        return this;
    }

    /** One result delivered, one that arrives again, and a dead letter. */
    public ScriptedRun runLate() {
        // Called after the metrics, which have listened for longer.
        List<LateState> states = new CopyOnWriteArrayList<>();
        application.late().addListener((id, kind, from, to, outcome) -> states.add(to));
        LateInbox inbox = Objects.requireNonNull(application.late().inbox());
        inbox.accept("task-1", "good");
        inbox.accept("task-1", "good");
        inbox.accept("task-2", "bad");
        Awaitility.await().until(() -> states.containsAll(List.of(LateState.DELIVERED, LateState.RETRYING)));
        return this;
    }

    @Override
    public void close() throws IOException {
        application.end();
        playtcha.close();
        nobody.close();
        loader.close();
    }
}
