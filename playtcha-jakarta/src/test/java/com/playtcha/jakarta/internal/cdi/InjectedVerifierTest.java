package com.playtcha.jakarta.internal.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.annotation.PlaytchaGuard;
import com.playtcha.jakarta.internal.cdi.Container.Settings;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.VerificationBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.SessionScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.inject.Qualifier;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code @Inject PlaytchaVerifier}: the guards of one application, by their names. */
class InjectedVerifierTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    @AfterEach
    void close() {
        playtcha.close();
    }

    private static Settings signup() {
        return Settings.of("guards", "signup").and("guards.signup.fail-closed", "true");
    }

    @ApplicationScoped
    static class Pages {
        @Inject
        PlaytchaVerifier standard;

        @Inject
        @PlaytchaGuard("signup")
        PlaytchaVerifier signup;

        @Inject
        Provider<PlaytchaVerifier> provided;

        @Inject
        @PlaytchaGuard("signup")
        Instance<PlaytchaVerifier> lookedUp;

        @Inject
        @Any
        Instance<PlaytchaVerifier> any;

        Verification standard(String token) {
            return standard.verify(token);
        }

        CompletionStage<Verification> later(String token) {
            return signup.verifyAsync(token);
        }

        Verification signup(String token) {
            return signup.verify(token);
        }

        PlaytchaVerifier provided() {
            return provided.get();
        }

        PlaytchaVerifier lookedUp() {
            return lookedUp.get();
        }

        PlaytchaVerifier named() {
            return signup;
        }

        PlaytchaVerifier selected(String guard) {
            return any.select(PlaytchaGuard.Literal.of(guard)).get();
        }
    }

    @Test
    void eachGuardHasItsOwnPolicyAndAllHaveOneThrottleWindow() throws Exception {
        try (Container app = Container.start(playtcha, signup(), Pages.class)) {
            Pages pages = app.get(Pages.class);

            assertThat(pages.standard("ok-1").getOutcome()).isEqualTo(Outcome.VERIFIED);
            assertThat(pages.signup("ok-2").getOutcome()).isEqualTo(Outcome.VERIFIED);
            assertThat(pages.standard("db-error-1").isAllowed()).isTrue();
            assertThat(pages.signup("db-error-2").isAllowed()).isFalse();
            assertThat(pages.later("ok-3")
                            .toCompletableFuture()
                            .get(60, TimeUnit.SECONDS)
                            .getOutcome())
                    .isEqualTo(Outcome.VERIFIED);
            assertThat(pages.standard("rate-limited-60").getReason()).isEqualTo(Reason.RATE_LIMITED);
            assertThat(pages.signup("ok-4").getReason()).isEqualTo(Reason.THROTTLE_WINDOW);
        }
    }

    @Test
    void everyWayOfLookingOneUpGivesTheGuardThatIsNamed() {
        try (Container app = Container.start(playtcha, signup(), Pages.class)) {
            Pages pages = app.get(Pages.class);

            assertThat(pages.provided()).hasToString("PlaytchaVerifier[default]");
            assertThat(pages.lookedUp()).hasToString("PlaytchaVerifier[signup]");
            assertThat(pages.selected("signup")).hasToString("PlaytchaVerifier[signup]");
            assertThat(CDI.current().select(PlaytchaVerifier.class).get()).hasToString("PlaytchaVerifier[default]");
            assertThat(CDI.current()
                            .select(PlaytchaVerifier.class, PlaytchaGuard.Literal.of("signup"))
                            .get()
                            .verify("db-error-3")
                            .isAllowed())
                    .isFalse();
        }
    }

    @SessionScoped
    static class Wizard implements Serializable {
        private static final long serialVersionUID = 1L;

        @Inject
        @PlaytchaGuard("signup")
        PlaytchaVerifier verifier;
    }

    @Test
    void beanOfASessionTakesItsVerifierToAnotherNode() throws Exception {
        PlaytchaVerifier kept;
        try (Container app = Container.start(playtcha, signup(), Pages.class, Wizard.class)) {
            kept = app.get(Pages.class).named();
        }
        assertThatThrownBy(() -> kept.verify("ok-5")).isInstanceOf(IllegalStateException.class);

        PlaytchaVerifier moved = copy(kept);
        try (Container app = Container.start(playtcha, signup(), Pages.class, Wizard.class)) {
            assertThat(app.has(Wizard.class)).isTrue();
            assertThat(moved.verify("db-error-4").isAllowed()).isFalse();
            assertThat(moved.verify("ok-6").getOutcome()).isEqualTo(Outcome.VERIFIED);
        }
    }

    private static PlaytchaVerifier copy(PlaytchaVerifier verifier) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(verifier);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (PlaytchaVerifier) in.readObject();
        }
    }

    @Qualifier
    @Retention(RetentionPolicy.RUNTIME)
    @interface Mine {}

    @ApplicationScoped
    static class OfItsOwn {
        @Inject
        @Mine
        PlaytchaVerifier verifier;

        @Produces
        @Mine
        PlaytchaVerifier verifier() {
            return new PlaytchaVerifier() {
                @Override
                public Verification verify(String token) {
                    return VerificationBuilder.because(Reason.SUCCESS)
                            .allowed(true)
                            .build();
                }

                @Override
                public CompletionStage<Verification> verifyAsync(String token) {
                    throw new UnsupportedOperationException();
                }
            };
        }

        Verification verify() {
            return verifier.verify("t");
        }
    }

    @Test
    void verifierOfTheApplicationsOwnNeedsNoSettings() {
        try (Container app = Container.start(Settings.none(), OfItsOwn.class)) {
            assertThat(app.get(OfItsOwn.class).verify().isAllowed()).isTrue();
        }
    }
}
