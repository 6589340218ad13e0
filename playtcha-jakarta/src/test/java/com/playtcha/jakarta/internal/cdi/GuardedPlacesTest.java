package com.playtcha.jakarta.internal.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import com.playtcha.jakarta.internal.cdi.Container.Settings;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.annotation.Priority;
import jakarta.decorator.Decorator;
import jakarta.decorator.Delegate;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Specializes;
import jakarta.enterprise.inject.Typed;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.ProcessAnnotatedType;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import org.jboss.weld.environment.se.Weld;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Wherever {@code @PlaytchaProtected} may stand, and however the method is called: it guards, or somebody is told. */
class GuardedPlacesTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    @AfterEach
    void close() {
        playtcha.close();
    }

    private Container start(Class<?>... beans) {
        return Container.start(playtcha, Settings.none(), beans);
    }

    private static void assertDenied(Runnable call, Reason reason) {
        PlaytchaDeniedException denied = catchThrowableOfType(PlaytchaDeniedException.class, call::run);
        assertThat(denied).isNotNull();
        assertThat(denied.getVerification().getReason()).isEqualTo(reason);
    }

    interface Generic<T> {
        String run(T token);
    }

    @ApplicationScoped
    static class OfGeneric implements Generic<String> {
        @Override
        @PlaytchaProtected
        public String run(@PlaytchaToken String token) {
            return "done";
        }
    }

    @Test
    void methodThatIsCalledByAGenericInterfaceIsGuarded() {
        try (Container app = start(OfGeneric.class)) {
            Generic<String> bean = app.get(OfGeneric.class);

            assertDenied(() -> bean.run(null), Reason.TOKEN_ABSENT);
            assertThat(bean.run("ok-1")).isEqualTo("done");
        }
    }

    /** Takes the library's beans away, as Open Liberty does in all but one of the web applications of an EAR. */
    static class Taking implements Extension {
        void take(@Observes ProcessAnnotatedType<?> event) {
            if (PlaytchaExtension.beanNames()
                    .contains(event.getAnnotatedType().getJavaClass().getName())) {
                event.veto();
            }
        }
    }

    @Test
    void guardedBeanWhereCdiLacksTheInterceptorRefusesTheStart() {
        try {
            assertThatThrownBy(() -> Container.start(
                            new Weld().addExtension(new Taking()), Settings.of("enabled", "false"), OfGeneric.class))
                    .hasMessageContaining("would not be guarded");
        } finally {
            ApplicationRegistry.of(Thread.currentThread().getContextClassLoader())
                    .closeUnlessBound();
        }
    }

    interface WithDefault {
        @PlaytchaProtected
        default String run(@PlaytchaToken String token) {
            return "done";
        }
    }

    @ApplicationScoped
    static class OfDefault implements WithDefault {}

    static class Hidden {
        @PlaytchaProtected
        public String run(@PlaytchaToken String token) {
            return "done";
        }
    }

    @ApplicationScoped
    public static class Shown extends Hidden {}

    @Test
    void methodThatIsInheritedWithItsAnnotationIsGuarded() {
        try (Container app = start(OfDefault.class, Shown.class)) {
            assertDenied(() -> app.get(OfDefault.class).run(null), Reason.TOKEN_ABSENT);
            assertDenied(() -> app.get(Shown.class).run(null), Reason.TOKEN_ABSENT);
            assertThat(app.get(Shown.class).run("ok-1")).isEqualTo("done");
        }
    }

    interface PlainDefault {
        default String byDefault() {
            return "done";
        }
    }

    static class Plain<T> {
        String inherited(T value) {
            return "done";
        }

        protected String shielded() {
            return "done";
        }
    }

    @Dependent
    @PlaytchaProtected
    static class OfPlain extends Plain<String> implements PlainDefault {}

    @Test
    void guardOfAClassCoversInheritedMethods() {
        try (Container app = start(OfPlain.class)) {
            OfPlain bean = app.get(OfPlain.class);

            assertDenied(() -> bean.inherited("x"), Reason.TOKEN_ABSENT);
            assertDenied(bean::shielded, Reason.TOKEN_ABSENT);
            assertDenied(bean::byDefault, Reason.TOKEN_ABSENT);
        }
    }

    interface Marked {
        String run(@PlaytchaToken String token);
    }

    @ApplicationScoped
    static class OfMarked implements Marked {
        @PlaytchaProtected
        String first(@PlaytchaToken String token) {
            return "done";
        }

        @Override
        @PlaytchaProtected
        public String run(String token) {
            return "done";
        }
    }

    @Test
    void tokenMarkedByAnInterfaceIsPreferredToAnEarlierOne() {
        try (Container app = start(OfMarked.class)) {
            OfMarked bean = app.get(OfMarked.class);

            assertThat(bean.run("ok-1")).isEqualTo("done");
            app.inRequest(() -> {
                assertThat(bean.first("ok-2")).isEqualTo("done");
                assertDenied(() -> bean.run("invalid"), Reason.TOKEN_INVALID);
                return null;
            });
        }
    }

    @ApplicationScoped
    static class Original {
        @PlaytchaProtected
        public String run(@PlaytchaToken String token) {
            return "done";
        }
    }

    @Specializes
    @ApplicationScoped
    static class Special extends Original {
        @Override
        public String run(String token) {
            return "done";
        }
    }

    static class OriginalGeneric<T> {
        @PlaytchaProtected
        String run(T token) {
            return "done";
        }
    }

    @ApplicationScoped
    static class OfOriginalGeneric extends OriginalGeneric<String> {
        @Override
        String run(String token) {
            return "done";
        }
    }

    @ApplicationScoped
    static class GuardedAgain extends OriginalGeneric<String> {
        @Override
        @PlaytchaProtected
        String run(@PlaytchaToken String token) {
            return "done";
        }
    }

    @Test
    void annotationThatIsLostByOverridingIsWarnedOf() {
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.WARN)) {
            start(Original.class, Special.class, OfOriginalGeneric.class, GuardedAgain.class)
                    .close();

            assertThat(log.lines())
                    .satisfiesExactlyInAnyOrder(
                            line -> assertThat(line)
                                    .contains(
                                            Original.class.getName() + ".run",
                                            "does not guard",
                                            Special.class.getName()),
                            line -> assertThat(line)
                                    .contains(
                                            OriginalGeneric.class.getName() + ".run",
                                            "does not guard",
                                            OfOriginalGeneric.class.getName()));
        }
    }

    @Typed(Object.class)
    static class Made {
        @PlaytchaProtected
        public String run(@PlaytchaToken String token) {
            return "done";
        }
    }

    @Dependent
    static class Maker {
        @Produces
        Made made() {
            return new Made();
        }
    }

    @Test
    void annotationOnWhatAProducerMakesIsWarnedOf() {
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.WARN)) {
            start(Maker.class).close();

            assertThat(log.lines())
                    .singleElement()
                    .satisfies(
                            line -> assertThat(line).contains(Made.class.getName(), Maker.class.getName() + ".made"));
        }
    }

    interface Service {
        String run();
    }

    @ApplicationScoped
    static class Decorated implements Service {
        @Override
        public String run() {
            return "done";
        }
    }

    @Decorator
    @Priority(1)
    abstract static class Decorating implements Service {
        @Inject
        @Delegate
        @Any
        Service decorated;

        @Override
        @PlaytchaProtected
        public String run() {
            return decorated.run();
        }
    }

    @ApplicationScoped
    static class Initialized {
        @Inject
        @PlaytchaProtected
        void take(Service service) {}
    }

    @Test
    void annotationOnWhatCdiDoesNotInterceptIsWarnedOf() {
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.WARN)) {
            start(Decorated.class, Decorating.class, Initialized.class).close();

            assertThat(log.lines())
                    .satisfiesExactlyInAnyOrder(
                            line -> assertThat(line).contains("no effect", Decorating.class.getName()),
                            line -> assertThat(line).contains("no effect", Initialized.class.getName() + ".take"));
        }
    }

    static class WithFinalMethod {
        public final String run() {
            return "done";
        }
    }

    @Dependent
    @PlaytchaProtected
    static class OfFinalMethod extends WithFinalMethod {}

    @Test
    void finalMethodThatAGuardedClassInheritsRefusesTheStart() {
        assertThatThrownBy(() -> start(OfFinalMethod.class).close())
                .hasStackTraceContaining(WithFinalMethod.class.getName());
    }

    @Dependent
    static class FailingProducer {
        @Produces
        HttpServletRequest request() {
            throw new IllegalStateException("no page is shown");
        }
    }

    @Test
    void failingProducerOfRequestsDeniesNoCall() {
        try (Container app = start(FailingProducer.class, Original.class)) {
            assertThat(app.inRequest(() -> app.get(Original.class).run("ok-1"))).isEqualTo("done");
        }
    }
}
