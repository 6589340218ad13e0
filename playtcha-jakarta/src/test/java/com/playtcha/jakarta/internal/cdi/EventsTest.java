package com.playtcha.jakarta.internal.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.BreakerState;
import com.playtcha.jakarta.NamedListener;
import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.Services;
import com.playtcha.jakarta.ThrottleChange;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationEvent;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import com.playtcha.jakarta.internal.cdi.Container.Settings;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be observed. */
class EventsTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    @AfterEach
    void close() {
        playtcha.close();
    }

    @ApplicationScoped
    static class Audit {
        static final List<String> SEEN = new CopyOnWriteArrayList<>();

        @Inject
        PlaytchaVerifier verifier;

        void verified(@Observes VerificationEvent event) {
            SEEN.add(event.guard() + " " + event.verification().getOutcome());
            if (event.verification().getOutcome() == Outcome.NO_TOKEN) {
                throw new UnsupportedOperationException("an observer's own trouble");
            }
        }

        void breaker(@Observes BreakerChange change) {
            SEEN.add("breaker " + change.from() + " " + change.to());
        }

        void throttle(@Observes ThrottleChange change) {
            SEEN.add("throttle " + change.throttled());
        }

        PlaytchaVerifier verifier() {
            return verifier;
        }
    }

    private static List<String> seen() {
        List<String> seen = List.copyOf(Audit.SEEN);
        Audit.SEEN.clear();
        return seen;
    }

    @Test
    void verificationsBreakersAndThrottlesAreObserved() throws Exception {
        seen();
        PlaytchaVerifier kept;
        try (Container app = Container.start(playtcha, Settings.none(), Audit.class)) {
            kept = app.get(Audit.class).verifier();
            kept.verify("ok-1");
            assertThat(seen()).containsExactly("default VERIFIED");

            kept.verifyAsync("ok-2").toCompletableFuture().get(60, TimeUnit.SECONDS);
            await().untilAsserted(() -> assertThat(Audit.SEEN).containsExactly("default VERIFIED"));
            seen();

            playtcha.always(Reply.resetConnection());
            for (int i = 0; i < 10; i++) {
                kept.verify("t-" + i);
            }
            assertThat(seen()).contains("breaker " + BreakerState.CLOSED + " " + BreakerState.OPEN);
        }
        assertThat(seen()).as("nothing is fired while it ends").isEmpty();
    }

    @Test
    void listenerNamedAsAServiceIsCalled(@TempDir Path folder) {
        seen();
        NamedListener.SEEN.clear();
        ClassLoader loader = Services.naming(folder, VerificationListener.class, NamedListener.class.getName());
        try (Container app = Services.with(loader, () -> Container.start(playtcha, Settings.none(), Audit.class))) {
            app.get(Audit.class).verifier().verify("ok-1");
        }
        assertThat(NamedListener.SEEN).isEqualTo(seen()).containsExactly("default VERIFIED");
    }

    @Test
    void throttleWindowIsObserved() {
        seen();
        try (Container app = Container.start(playtcha, Settings.none(), Audit.class)) {
            app.get(Audit.class).verifier().verify("rate-limited-60");
            assertThat(seen()).containsExactlyInAnyOrder("throttle true", "default THROTTLED");
        }
    }

    @Test
    void observerThatFailsIsLoggedAndChangesNothing() {
        seen();
        try (Container app = Container.start(playtcha, Settings.none(), Audit.class);
                CapturedLog log = new CapturedLog("com.playtcha.jakarta.internal.gate", Level.WARN)) {
            assertThat(app.get(Audit.class).verifier().verify(null).getOutcome())
                    .isEqualTo(Outcome.NO_TOKEN);
            assertThat(log.everything()).contains("an observer's own trouble");
        }
    }

    /** Compares what it is told with the verification that is injected. */
    @ApplicationScoped
    static class Observer {
        static final List<String> SEEN = new CopyOnWriteArrayList<>();

        @Inject
        Verification current;

        void verified(@Observes VerificationEvent event) {
            SEEN.add(event.guard() + " " + event.verification().getReason().getLabel() + ": "
                    + current.getReason().getLabel() + " "
                    + current.isAllowed());
        }
    }

    /** Guarded twice. */
    @ApplicationScoped
    static class SignUp {
        @PlaytchaProtected
        void first(@PlaytchaToken String token) {}

        @PlaytchaProtected("second")
        void second(@PlaytchaToken String token) {}
    }

    @Test
    void observerIsCalledAfterTheDecisionIsVisible() {
        Settings settings = Settings.of("guards", "second");
        Observer.SEEN.clear();
        try (Container app = Container.start(playtcha, settings, Observer.class, SignUp.class)) {
            app.inRequest(() -> {
                app.get(SignUp.class).first("ok-1");
                assertThatThrownBy(() -> app.get(SignUp.class).second("")).isInstanceOf(PlaytchaDeniedException.class);
                return null;
            });
        }
        assertThat(Observer.SEEN)
                .containsExactly("default success: success true", "second token-absent: token-absent false");
    }
}
