package com.playtcha.jakarta.internal.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.annotation.PlaytchaGuard;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import com.playtcha.jakarta.internal.cdi.Container.Settings;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which beans make which settings required, and which cannot be guarded. */
class SettingsOfBeansTest {

    @Dependent
    static class Unguarded {
        String run() {
            return "done";
        }
    }

    @Dependent
    static class ByConstructor {
        @Inject
        ByConstructor(PlaytchaVerifier first, @PlaytchaGuard("signup") PlaytchaVerifier second) {}
    }

    @Dependent
    static class ByField {
        @Inject
        PlaytchaVerifier verifier;
    }

    @Dependent
    static class ByMethod {
        @PlaytchaProtected("signup")
        void run(@PlaytchaToken String token) {}
    }

    private static String refusal(Settings settings, Class<?>... beans) {
        Throwable refusal =
                catchThrowable(() -> Container.start(settings, beans).close());
        assertThat(refusal).isNotNull();
        StringBuilder text = new StringBuilder();
        for (Throwable each = refusal; each != null; each = each.getCause()) {
            text.append(each).append('\n');
        }
        return text.toString();
    }

    @Test
    void withoutAnyUseNoSettingIsNeeded() {
        try (Container app = Container.start(Settings.none(), Unguarded.class)) {
            assertThat(app.get(Unguarded.class).run()).isEqualTo("done");
        }
    }

    @Test
    void missingSettingsRefuseTheStartAndNameThePlace() {
        assertThat(refusal(Settings.none(), ByField.class))
                .contains("secret", "base-url", "field " + ByField.class.getName() + ".verifier");
    }

    @Test
    void guardThatIsNotDeclaredRefusesTheStart() {
        PlaytchaStandIn playtcha = PlaytchaStandIn.start();
        try (playtcha) {
            Settings settings = Settings.of("secret", playtcha.secret())
                    .and("base-url", playtcha.baseUrl().toString());

            assertThat(refusal(settings, ByMethod.class))
                    .contains("guard 'signup'", "method " + ByMethod.class.getName() + ".run", "is not declared");
            assertThat(refusal(settings, ByConstructor.class))
                    .contains("guard 'signup'", "parameter 2 of constructor of " + ByConstructor.class.getName());
        }
    }

    @Test
    void refusedStartLeavesNothingToTheNext() {
        refusal(Settings.none(), ByMethod.class);

        try (Container app = Container.start(Settings.none(), Unguarded.class)) {
            assertThat(app.get(Unguarded.class).run()).isEqualTo("done");
        }
    }

    @Test
    void startUpLinesNameEachGuardItsPlacesAndItsSettings() {
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start();
                CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.INFO)) {
            Container.start(
                            playtcha,
                            Settings.of("guards", "signup").and("guards.signup.fail-closed", "true"),
                            ByField.class,
                            ByMethod.class)
                    .close();
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("is used by"))
                    .satisfiesExactlyInAnyOrder(
                            line -> assertThat(line)
                                    .startsWith("INFO Guard default is used by field " + ByField.class.getName()
                                            + ".verifier: ")
                                    .contains("fail-closed=false"),
                            line -> assertThat(line)
                                    .startsWith("INFO Guard signup is used by method " + ByMethod.class.getName()
                                            + ".run: ")
                                    .contains("fail-closed=true")
                                    .doesNotContain(playtcha.secret()));
        }
    }

    @Dependent
    static class PrivateMethod {
        @PlaytchaProtected
        private void run() {}
    }

    @Dependent
    static class StaticMethod {
        @PlaytchaProtected
        static void run() {}
    }

    @Dependent
    static class FinalMethod {
        @PlaytchaProtected
        final void run() {}
    }

    @Dependent
    @PlaytchaProtected
    static class FinalMethodOfGuardedClass {
        public final void run() {}
    }

    @Dependent
    static class TokenIsNoString {
        @PlaytchaProtected
        void run(@PlaytchaToken Integer token) {}
    }

    @Dependent
    static class TwoTokens {
        @PlaytchaProtected
        void run(@PlaytchaToken String one, @PlaytchaToken String other) {}
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                PrivateMethod.class,
                StaticMethod.class,
                FinalMethod.class,
                FinalMethodOfGuardedClass.class,
                TokenIsNoString.class,
                TwoTokens.class
            })
    void methodThatCannotBeGuardedRefusesTheStart(Class<?> bean) {
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start()) {
            String refusal = refusal(
                    Settings.of("secret", playtcha.secret())
                            .and("base-url", playtcha.baseUrl().toString()),
                    bean);
            assertThat(refusal).contains(bean.getName());
        }
    }

    @Dependent
    static class TokenOfNoGuard {
        void run(@PlaytchaToken String token) {}
    }

    interface Contract {
        @PlaytchaProtected
        void run(String token);
    }

    @Dependent
    static class OfInterface implements Contract {
        @Override
        public void run(String token) {}
    }

    @Test
    void annotationWithoutEffectIsWarnedOf() {
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.WARN)) {
            Container.start(Settings.none(), TokenOfNoGuard.class, OfInterface.class)
                    .close();
            assertThat(log.lines())
                    .anySatisfy(line -> assertThat(line)
                            .contains("@PlaytchaToken has no effect", TokenOfNoGuard.class.getName() + ".run"))
                    .anySatisfy(line ->
                            assertThat(line).contains(Contract.class.getName() + ".run", OfInterface.class.getName()));
        }
    }

    @Test
    void urlPatternsThatNoInitializerRegisteredAreOneErrorWhenAGuardIsUsed() {
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start();
                CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.ERROR);
                Container app = Container.start(playtcha, Settings.of("url-patterns", "/signup"), ByField.class)) {
            app.get(ByField.class).verifier.verify("ok-1");
            app.get(ByField.class).verifier.verify("ok-2");

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("url-patterns is set", "[playtcha]", "NOT guarded", "Declare PlaytchaFilter");
        }
    }
}
