package com.playtcha.jakarta.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.ChallengePolicy;
import com.playtcha.jakarta.ChallengeRequest;
import com.playtcha.jakarta.FailureCounter;
import com.playtcha.jakarta.NamedListener;
import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Services;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.challenge.Caller;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servlets, CDI and REST of one application share it, also if several applications share the jar. */
class PlaytchaApplicationTest {
    private final ClassLoader shared = PlaytchaApplication.class.getClassLoader();
    private final List<PlaytchaApplication> begun = new ArrayList<>();

    @AfterEach
    void end() {
        begun.forEach(PlaytchaApplication::end);
    }

    private PlaytchaApplication bind(ClassLoader loader) {
        PlaytchaApplication application = ApplicationRegistry.bind(loader);
        begun.add(application);
        return application;
    }

    private PlaytchaApplication of(ClassLoader loader) {
        PlaytchaApplication application = ApplicationRegistry.of(loader);
        begun.add(application);
        return application;
    }

    private static ClassLoader below(ClassLoader parent) {
        return new URLClassLoader(new URL[0], parent);
    }

    @Test
    void servletsAndCdiShareOneApplicationInEitherOrder() {
        ClassLoader first = below(shared);
        ClassLoader second = below(shared);

        PlaytchaApplication cdiFirst = of(first);
        assertThat(bind(first)).isSameAs(cdiFirst);
        PlaytchaApplication servletsFirst = bind(second);
        assertThat(of(second)).isSameAs(servletsFirst).isNotSameAs(cdiFirst);
        assertThat(of(below(second))).isSameAs(servletsFirst);
    }

    @Test
    void newApplicationDoesNotGetAnExistingOne() {
        PlaytchaApplication running = bind(below(shared));
        ClassLoader next = below(shared);

        PlaytchaApplication begunByCdi = of(next);

        assertThat(begunByCdi).isNotSameAs(running);
        assertThat(bind(next)).isSameAs(begunByCdi);
    }

    @Test
    void codeThatCouldBelongToSeveralApplicationsGetsNoneOfThem() {
        PlaytchaApplication one = bind(below(shared));
        PlaytchaApplication other = bind(below(shared));

        assertThat(of(shared)).isNotSameAs(one).isNotSameAs(other);
    }

    @Test
    void restartedContextDoesNotGetItsRefusedPredecessor() {
        ClassLoader loader = below(shared);
        bind(loader).failStartup(new IllegalStateException("wrong settings"));

        PlaytchaApplication again = bind(loader);

        assertThat(of(loader)).isSameAs(again);
    }

    @Test
    void jarInsideOfAnApplicationIsItsAloneWhateverLoaderAThreadHas() {
        PlaytchaApplication only = bind(shared);
        ClassLoader unrelated = new ClassLoader(null) {};

        assertThat(of(unrelated)).isSameAs(only);
    }

    @Test
    void servicesOfAWarCountThoughCdiBeganWithTheLoaderOfTheEar(@TempDir Path folder) throws IOException {
        ClassLoader ear = below(shared);
        PlaytchaApplication begunByCdi = of(ear);
        Services.naming(folder, VerificationListener.class, NamedListener.class.getName());
        PlaytchaApplication bound =
                bind(new URLClassLoader(new URL[] {folder.toUri().toURL()}, ear));
        assertThat(bound).isSameAs(begunByCdi);
        NamedListener.SEEN.clear();

        bound.configure(uses -> new SettingsLoader()
                .map(Map.of("base-url", "https://playtcha.example", "secret", "x"))
                .uses(uses)
                .load());
        bound.start();
        bound.verifier().verify("");

        assertThat(NamedListener.SEEN).containsExactly("default NO_TOKEN");
    }

    private void assertRefused(ClassLoader context) {
        assertThatThrownBy(() -> bind(context).start())
                .isInstanceOf(PlaytchaConfigurationException.class)
                .hasMessageContaining("1 problem")
                .hasMessageContaining("put the jar into WEB-INF/lib of each application");
    }

    @Test
    void contextDoesNotTakeTheApplicationThatCdiBeganBesideItInASharedJar() {
        ClassLoader first = below(shared);
        PlaytchaApplication begunByCdi = of(first);

        assertRefused(below(shared));

        assertThat(bind(first)).isSameAs(begunByCdi);
        assertThat(bind(below(shared))).isNotSameAs(begunByCdi);
    }

    @Test
    void secondContextBelowCodeThatBothShareIsRefused() {
        ClassLoader ear = below(shared);
        PlaytchaApplication begunByCdi = of(ear);
        assertThat(bind(below(ear))).isSameAs(begunByCdi);

        assertRefused(below(ear));
    }

    /** Those of JBoss Modules have no parent: a module has its dependencies, such as an EAR with its lib, by other ways. */
    private static ClassLoader module(String name) {
        return new ClassLoader(null) {
            @Override
            public String toString() {
                return name;
            }
        };
    }

    @Test
    void secondContextOfAnEarOnWildFlyIsRefused() {
        PlaytchaApplication begunByCdi = of(shared);
        assertThat(bind(module("one.war"))).isSameAs(begunByCdi);

        ClassLoader second = module("two.war");

        assertThatThrownBy(() -> bind(second).start()).hasMessageContaining("among them those of one.war and two.war,");
        assertRefused(second);
    }

    private static void count(PlaytchaApplication application) {
        application.configure(uses -> new SettingsLoader()
                .map(Map.of("base-url", "https://playtcha.example", "secret", "x", "after-failures", "3"))
                .uses(uses)
                .load());
        Caller caller = new Caller() {
            @Override
            public String remoteAddress() {
                return "192.0.2.1";
            }
        };
        assertThat(application.guard("default").challenge().exemption(caller)).isEqualTo(Reason.AFTER_FAILURES);
    }

    /** Such as Jakarta REST alone. */
    @Test
    void afterFailuresIsAWarningWhereNoCodeCanRecordOne() {
        try (CapturedLog log = new CapturedLog("com.playtcha", Level.WARN)) {
            count(bind(below(shared)));
            assertThat(log.lines()).isEmpty();
            PlaytchaApplication withoutContext = of(below(shared));
            count(withoutContext);
            count(withoutContext);
            assertThat(log.lines()).singleElement().asString().startsWith("WARN after-failures is set, but no code");
        }
    }

    /** A policy that is created while CDI begins. */
    public static final class DuringTheStart implements ChallengePolicy {
        static volatile @Nullable Runnable start;

        public DuringTheStart() {
            Objects.requireNonNull(start).run();
        }

        @Override
        public boolean isTokenRequired(ChallengeRequest request) {
            return true;
        }
    }

    @Test
    void beansThatBeginWhileARequestLooksForThemAreFoundByTheNext(@TempDir Path folder) {
        List<String> recorded = new ArrayList<>();
        FailureCounter counter = new FailureCounter() {
            @Override
            public void record(String key, Duration window) {
                recorded.add(key);
            }

            @Override
            public int count(String key, Duration window) {
                return recorded.size();
            }

            @Override
            public void clear(String key) {}
        };
        PlaytchaApplication application =
                bind(Services.naming(folder, ChallengePolicy.class, DuringTheStart.class.getName()));
        DuringTheStart.start = () -> application.setBeans(new ApplicationBeans() {
            @Override
            public <T> @Nullable T find(Class<T> type) {
                return type == FailureCounter.class ? type.cast(counter) : null;
            }

            @Override
            public void call(LateResultHandler handler, LateResult result, Delivery delivery) {}
        });

        application.failures().record("192.0.2.1", null);
        DuringTheStart.start = () -> {};
        application.failures().record("192.0.2.1", null);

        assertThat(recorded).containsExactly("address:c0000201");
    }

    /** A counter with a memory of its own. */
    public static final class OwnCounter implements FailureCounter {
        static volatile @Nullable Runnable created;

        private int recorded;

        public OwnCounter() {
            Objects.requireNonNull(created).run();
        }

        @Override
        public void record(String key, Duration window) {
            recorded++;
        }

        @Override
        public int count(String key, Duration window) {
            return recorded;
        }

        @Override
        public void clear(String key) {}
    }

    @Test
    void requestsThatLookForACounterAtTheSameTimeUseTheSame(@TempDir Path folder) {
        PlaytchaApplication application =
                bind(Services.naming(folder, FailureCounter.class, OwnCounter.class.getName()));
        OwnCounter.created = () -> {
            OwnCounter.created = () -> {};
            application.failures().record("192.0.2.1", null);
        };

        application.failures().record("192.0.2.1", null);

        assertThat(application.failures().count("192.0.2.1", null)).isEqualTo(2);
    }

    /** As on WildFly with an absolute-ordering without this library's fragment: only CDI starts. */
    @Test
    void guardThatIsUsedWhereNoServletContextStartedOneSaysThatContextParamsAreNotRead() {
        PlaytchaApplication application = of(below(shared));
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.ERROR)) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> application.guard("default"))
                        .isInstanceOf(PlaytchaConfigurationException.class)
                        .hasMessageContaining("neither secret nor secret-file is set");
            }

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("context-params are not read", "NOT guarded", "<absolute-ordering>");
        }
    }
}
