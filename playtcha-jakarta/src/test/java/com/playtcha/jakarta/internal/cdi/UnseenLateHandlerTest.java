package com.playtcha.jakarta.internal.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.internal.cdi.Container.Settings;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.decorator.Decorator;
import jakarta.decorator.Delegate;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.inject.Qualifier;
import jakarta.inject.Singleton;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.weld.proxy.WeldClientProxy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A bean that beans of the library do not see takes late results all the same, and by the same rules. */
class UnseenLateHandlerTest {
    private static final List<String> SEEN = new CopyOnWriteArrayList<>();

    @TempDir
    Path directory;

    @BeforeEach
    void clear() {
        SEEN.clear();
    }

    private void takes(Class<?>... beans) {
        try (Container app = Container.startUnseen(store(), beans)) {
            for (String id : List.of("task-1", "task-2")) {
                LateHandlerTest.inbox(app).accept(id, "one");
                LateHandlerTest.awaitEnd(app, id);
            }
        }
    }

    private void refuses(Class<?> one, Class<?> other) {
        assertThatThrownBy(() -> Container.startUnseen(store(), one, other).close())
                .hasStackTraceContaining("more than one CDI bean is a LateResultHandler")
                .hasStackTraceContaining(one.getName())
                .hasStackTraceContaining(other.getName());
    }

    private Settings store() {
        return Settings.of("late-dir", directory.toString());
    }

    abstract static class Handler implements LateResultHandler {
        @Override
        public void handle(LateResult result, Delivery delivery) {
            SEEN.add(name() + " takes " + result.getId());
        }

        String name() {
            return "bean";
        }

        @PreDestroy
        void end() {
            SEEN.add(name() + " ends");
        }
    }

    /** Of one that handles, without a scope either. */
    @Dependent
    static class Pen {
        @PreDestroy
        void end() {
            SEEN.add("pen ends");
        }
    }

    @ApplicationScoped
    static class OfApplication extends Handler {}

    @RequestScoped
    static class OfRequest extends Handler {}

    @Singleton
    static class Single extends Handler {}

    @Dependent
    static class OfNothing extends Handler {
        @Inject
        Pen pen;
    }

    /** What the library's own bean is injected with. */
    private static Instance<LateResultHandler> injected(Container app) {
        WeldClientProxy proxy = (WeldClientProxy) app.get(CdiApplication.class);
        return ((CdiApplication) proxy.getMetadata().getContextualInstance()).handlers;
    }

    @Test
    void beansOfTheLibraryDoNotSeeThoseOfTheApplicationHere() {
        try (Container app = Container.startUnseen(store(), OfApplication.class)) {
            assertThat(app.has(LateResultHandler.class)).isTrue();
            assertThat(injected(app).isUnsatisfied()).isTrue();
        }
        try (Container app = Container.start(store(), OfApplication.class)) {
            assertThat(injected(app).isUnsatisfied()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {OfApplication.class, Single.class, Produced.class})
    void unseenBeanIsMadeOnceAndEndsWithItsScope(Class<?> handler) {
        takes(handler);

        assertThat(SEEN).containsExactly("bean takes task-1", "bean takes task-2", "bean ends");
    }

    @Test
    void unseenBeanOfARequestIsMadeForEach() {
        takes(OfRequest.class);

        assertThat(SEEN).containsExactly("bean takes task-1", "bean ends", "bean takes task-2", "bean ends");
    }

    @Test
    void unseenBeanWithoutAScopeIsMadeOnceAndEndsWithWhatIsMadeForIt() {
        takes(OfNothing.class, Pen.class);

        assertThat(SEEN)
                .hasSize(4)
                .startsWith("bean takes task-1", "bean takes task-2")
                .endsWith("bean ends", "pen ends");
    }

    /** Its own type is none that handles. */
    @ApplicationScoped
    static class Produced {
        @Produces
        @Singleton
        LateResultHandler handler() {
            return new OfApplication();
        }

        void dispose(@Disposes LateResultHandler handler) {
            ((OfApplication) handler).end();
        }
    }

    @ApplicationScoped
    static class InAField {
        @Produces
        @ApplicationScoped
        private final LateResultHandler handler = new OfApplication();
    }

    @Test
    void unseenBeanThatAFieldProducesTakesResults() {
        takes(InAField.class);

        assertThat(SEEN).containsExactly("bean takes task-1", "bean takes task-2");
    }

    @Alternative
    @Priority(1)
    @ApplicationScoped
    static class Preferred extends Handler {
        @Override
        String name() {
            return "alternative";
        }
    }

    @Test
    void unseenAlternativeTakesTheOthersPlace() {
        takes(OfApplication.class, Preferred.class, OfRequest.class);

        assertThat(SEEN).containsExactly("alternative takes task-1", "alternative takes task-2", "alternative ends");
    }

    @Qualifier
    @Retention(RetentionPolicy.RUNTIME)
    @interface ForTests {}

    @ForTests
    @ApplicationScoped
    static class Qualified extends Handler {}

    @Named
    @ApplicationScoped
    static class WithAName extends Handler {}

    /** As if it did not handle. */
    @Typed(NotAsHandler.class)
    @ApplicationScoped
    static class NotAsHandler extends Handler {}

    @Decorator
    @Priority(1)
    abstract static class Decorates implements LateResultHandler {
        @Inject
        @Delegate
        @Any
        LateResultHandler decorated;

        @Override
        public void handle(LateResult result, Delivery delivery) throws Exception {
            SEEN.add("decorated");
            decorated.handle(result, delivery);
        }
    }

    @Test
    void onlyWhatWouldBeInjectedWithoutAQualifierCounts() {
        takes(WithAName.class, Qualified.class, NotAsHandler.class, Decorates.class);

        assertThat(SEEN)
                .containsExactly("decorated", "bean takes task-1", "decorated", "bean takes task-2", "bean ends");
    }

    /** Nothing selects it. */
    @Alternative
    @ApplicationScoped
    static class Disabled extends Handler {}

    @Test
    void unseenBeanThatIsNotEnabledDoesNotCount() throws Exception {
        try (Container app = Container.startUnseen(Settings.none(), Disabled.class)) {
            assertThat(CdiLateHandlerTest.of(app).get()).isNull();
        }
    }

    @Test
    void twoUnseenBeansKeepTheApplicationFromStarting() {
        refuses(OfApplication.class, OfRequest.class);
        refuses(OfApplication.class, InAField.class);
    }

    @Test
    void aBeanThatIsSeenAndOneThatIsNotKeepTheApplicationFromStarting() {
        Container.start(new OneWayWeld(OfApplication.class), store(), Pen.class).close();
        assertThatThrownBy(() -> Container.start(new OneWayWeld(OfApplication.class), store(), OfRequest.class)
                        .close())
                .hasStackTraceContaining("more than one CDI bean is a LateResultHandler")
                .hasStackTraceContaining(OfApplication.class.getName() + ", " + OfRequest.class.getName());
    }

    @Test
    void noneIsNoProblem() throws Exception {
        try (Container app = Container.startUnseen(store(), Qualified.class)) {
            assertThat(CdiLateHandlerTest.of(app).get()).isNull();
        }
        assertThat(SEEN).isEmpty();
    }
}
