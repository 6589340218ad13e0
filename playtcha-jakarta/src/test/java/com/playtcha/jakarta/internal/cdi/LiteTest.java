package com.playtcha.jakarta.internal.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.annotation.PlaytchaGuard;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import com.playtcha.jakarta.cdi.PlaytchaBuildExtension;
import com.playtcha.jakarta.internal.cdi.Container.Settings;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.build.compatible.spi.BeanInfo;
import jakarta.enterprise.inject.build.compatible.spi.Discovery;
import jakarta.enterprise.inject.build.compatible.spi.Registration;
import jakarta.enterprise.inject.build.compatible.spi.ScannedClasses;
import jakarta.enterprise.inject.build.compatible.spi.Synthesis;
import jakarta.enterprise.inject.build.compatible.spi.SyntheticComponents;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.weld.lite.extension.translator.BuildCompatibleExtensionLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A container that knows no portable extensions, as those of CDI Lite are, takes the one for builds. */
class LiteTest {
    private static final String SERVICES = "META-INF/services/jakarta.enterprise.inject.";

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    /** Weld passes over an extension that says it has a portable twin, whether or not that is there. */
    public static class WithoutTwin extends PlaytchaBuildExtension {
        @Override
        @Discovery
        public void addBeans(ScannedClasses classes) {
            super.addBeans(classes);
        }

        @Override
        @Registration(types = Object.class)
        public void collectUsages(BeanInfo bean) {
            super.collectUsages(bean);
        }

        @Override
        @Synthesis
        public void declare(SyntheticComponents components) {
            super.declare(components);
        }
    }

    @BeforeEach
    void hidePortableExtension(@TempDir Path directory) throws IOException {
        Container.endRefused();
        URL services = Files.writeString(directory.resolve("services"), WithoutTwin.class.getName())
                .toUri()
                .toURL();
        Thread.currentThread().setContextClassLoader(new ClassLoader(before) {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                if (name.equals(SERVICES + "build.compatible.spi.BuildCompatibleExtension")) {
                    return Collections.enumeration(List.of(services));
                }
                List<URL> found = Collections.list(super.getResources(name));
                if (name.equals(SERVICES + "spi.Extension")) {
                    found.removeIf(url -> url.getPath().contains("/playtcha-jakarta/"));
                }
                return Collections.enumeration(found);
            }
        });
        BuildCompatibleExtensionLoader.clearDiscoveredExtensions();
    }

    @AfterEach
    void showIt() {
        Container.endRefused();
        BuildCompatibleExtensionLoader.clearDiscoveredExtensions();
        Thread.currentThread().setContextClassLoader(before);
    }

    @ApplicationScoped
    static class SignUp {
        @Inject
        @PlaytchaGuard("signup")
        PlaytchaVerifier verifier;

        @PlaytchaProtected
        String open(@PlaytchaToken String token) {
            return "done";
        }

        PlaytchaVerifier verifier() {
            return verifier;
        }
    }

    @Test
    void beansAreThereAndSettingsAreRequired() {
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start()) {
            Settings settings = Settings.of("guards", "signup").and("guards.signup.fail-closed", "true");
            try (Container app = Container.start(playtcha, settings, SignUp.class)) {
                assertThat(app.has(PlaytchaExtension.class)).isFalse();
                assertThat(app.get(SignUp.class).open("ok-1")).isEqualTo("done");
                assertThatThrownBy(() -> app.get(SignUp.class).open("ok-1"))
                        .isInstanceOf(PlaytchaDeniedException.class);
                assertThat(app.get(SignUp.class).verifier().verify("db-error-1").isAllowed())
                        .isFalse();
            }
        }
        assertThatThrownBy(() -> Container.start(Settings.none(), SignUp.class).close())
                .hasStackTraceContaining("method " + SignUp.class.getName() + ".open")
                .hasStackTraceContaining("field " + SignUp.class.getName() + ".verifier");
    }

    @Dependent
    static class Taking implements LateResultHandler {
        static final List<String> SEEN = new CopyOnWriteArrayList<>();

        @Override
        public void handle(LateResult result, Delivery delivery) {
            SEEN.add(result.getId());
        }

        @PreDestroy
        void end() {
            SEEN.add("handler ends");
        }
    }

    @Test
    void lateResultsAreInjectedAndTaken(@TempDir Path late) {
        Taking.SEEN.clear();
        try (Container app =
                Container.start(Settings.of("late-dir", late.toString()), LateResultsTest.Panel.class, Taking.class)) {
            assertThat(app.has(PlaytchaExtension.class)).isFalse();
            app.get(LateResultsTest.Panel.class).tasks().track("task-1");
            LateHandlerTest.inbox(app).accept("task-1", "one");
            LateHandlerTest.awaitEnd(app, "task-1");
        }
        assertThat(Taking.SEEN).containsExactly("task-1", "handler ends");
    }

    @Test
    void lateResultsMakeAStoreRequiredAndHaveOneHandler(@TempDir Path late) {
        assertThatThrownBy(() -> Container.start(Settings.none(), LateResultsTest.Panel.class)
                        .close())
                .hasStackTraceContaining("field " + LateResultsTest.Panel.class.getName() + ".tasks")
                .hasStackTraceContaining("field " + LateResultsTest.Panel.class.getName() + ".deadLetters")
                .hasStackTraceContaining("late-dir");
        assertThatThrownBy(() -> Container.start(
                                Settings.of("late-dir", late.toString()), Taking.class, LateResultsTest.Takes.class)
                        .close())
                .hasStackTraceContaining(LateResultsTest.Takes.class.getName() + ", " + Taking.class.getName());
    }

    @Test
    void refusedStartLeavesNothingToTheNext() {
        assertThatThrownBy(() -> Container.start(Settings.none(), SignUp.class).close())
                .hasStackTraceContaining("guard 'signup'");

        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start();
                Container app = Container.start(playtcha, Settings.none(), Verifying.class)) {
            assertThat(app.get(Verifying.class).verifier.verify("ok-1").isAllowed())
                    .isTrue();
        }
    }

    @Dependent
    static class Misplaced {
        @PlaytchaProtected
        private void run(@PlaytchaToken Integer token) {}
    }

    @Test
    void methodThatCannotBeGuardedRefusesTheStart() {
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start()) {
            assertThatThrownBy(() -> Container.start(playtcha, Settings.none(), Misplaced.class)
                            .close())
                    .hasStackTraceContaining(Misplaced.class.getName() + ".run, which is private")
                    .hasStackTraceContaining("a method has one token, a String");
        }
    }

    @Dependent
    static class Verifying {
        @Inject
        PlaytchaVerifier verifier;
    }

    @Test
    void readinessIsCheckedOnlyIfTheSettingIsOn() {
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start();
                CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.WARN)) {
            try (Container app = Container.start(playtcha, Settings.of("health", "true"), Verifying.class)) {
                assertThat(HealthTest.readiness(app)).contains("\"name\":\"playtcha\",\"status\":\"UP\"");
            }
            try (Container app = Container.start(playtcha, Settings.none(), Verifying.class)) {
                assertThat(HealthTest.readiness(app)).doesNotContain("playtcha");
            }
            assertThat(log.lines()).isEmpty();
        }
    }
}
