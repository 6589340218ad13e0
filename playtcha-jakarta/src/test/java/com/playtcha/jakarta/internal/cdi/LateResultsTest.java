package com.playtcha.jakarta.internal.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.internal.cdi.Container.Settings;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.late.DeadLetters;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateMetrics;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateTasks;
import com.playtcha.jakarta.late.LateTransition;
import com.playtcha.jakarta.late.LateUnavailableException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.SessionScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.io.Serializable;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Late results as beans see them. */
class LateResultsTest {
    @TempDir
    Path directory;

    private Settings store() {
        return Settings.of("late-dir", directory.toString());
    }

    @ApplicationScoped
    static class Panel {
        @Inject
        LateTasks tasks;

        @Inject
        Instance<DeadLetters> deadLetters;

        private final LateResults results;
        private final LateMetrics figures;

        /** For the proxy. */
        @SuppressWarnings("NullAway")
        Panel() {
            this(null, null);
        }

        @Inject
        Panel(LateResults results, Provider<LateMetrics> figures) {
            this.results = results;
            this.figures = figures == null ? null : figures.get();
        }

        LateTasks tasks() {
            return tasks;
        }

        DeadLetters deadLetters() {
            return deadLetters.get();
        }

        LateResults results() {
            return results;
        }

        LateMetrics figures() {
            return figures;
        }
    }

    @SessionScoped
    static class Basket implements Serializable {
        private static final long serialVersionUID = 1L;

        @Inject
        LateTasks tasks;
    }

    @Test
    void allOfItIsInjectedAndAtWork() {
        LateTasks kept;
        LateMetrics keptFigures;
        try (Container app = Container.start(store(), Panel.class, Basket.class)) {
            Panel panel = app.get(Panel.class);
            kept = panel.tasks();
            keptFigures = panel.figures();

            assertThat(panel.tasks().track("task-1").getState()).isEqualTo(LateState.AWAITING);
            assertThat(panel.results().getTasks().find("task-1")).isPresent();
            assertThat(panel.deadLetters().list(10)).isEmpty();
            assertThat(panel.figures().getCounters()).containsEntry("tracked", 1L);
            assertThat(panel.figures().getSpoolFiles()).isZero();
            assertThat(panel.figures().getTimeSinceCount()).isGreaterThanOrEqualTo(Duration.ZERO);
        }
        assertThatThrownBy(() -> kept.track("task-2")).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(keptFigures::getReady).isInstanceOf(RuntimeException.class);
    }

    @Test
    void metricsWhileNothingRunsAreRefused() {
        try (Container app = Container.start(Settings.none(), Audit.class)) {
            LateMetrics metrics = app.get(LateMetrics.class);
            assertThatThrownBy(metrics::getPending)
                    .isInstanceOf(LateUnavailableException.class)
                    .hasMessageContaining("not running");
        }
    }

    @Test
    void metricsAreComparedAndPrintedWhileNothingRuns() {
        try (Container app = Container.start(Settings.none(), Audit.class)) {
            LateMetrics metrics = app.get(LateMetrics.class);

            assertThat(metrics.toString()).contains("LateMetrics");
            assertThat(metrics.hashCode()).isEqualTo(metrics.hashCode());
            LateMetrics view = new Producers().metricsOf(Optional::empty);
            assertThat(view).isEqualTo(view).isNotEqualTo(new Producers().metricsOf(Optional::empty));
        }
    }

    @Test
    void metricsThrowWhatTheEngineThrows() {
        LateMetrics broken = (LateMetrics) java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {LateMetrics.class}, (proxy, method, arguments) -> {
                    throw new IllegalStateException("the spool cannot be listed");
                });
        LateMetrics view = new Producers().metricsOf(() -> Optional.of(broken));

        assertThatThrownBy(view::getSpoolFiles)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the spool cannot be listed");
    }

    @Test
    void withoutAStoreTheStartIsRefusedAndNamesEachPlace() {
        assertThatThrownBy(() -> Container.start(Settings.none(), Panel.class).close())
                .hasStackTraceContaining("field " + Panel.class.getName() + ".tasks")
                .hasStackTraceContaining("field " + Panel.class.getName() + ".deadLetters")
                .hasStackTraceContaining("parameter 1 of constructor of " + Panel.class.getName())
                .hasStackTraceContaining("parameter 2 of constructor of " + Panel.class.getName())
                .hasStackTraceContaining("late-dir")
                .hasStackTraceContaining("late-datasource");
    }

    @Dependent
    static class Guarded {
        @Inject
        PlaytchaVerifier verifier;
    }

    @Test
    void whatStopsCdiIsOneErrorInTheLog() {
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.ERROR)) {
            assertThatThrownBy(
                            () -> Container.start(Settings.none(), Panel.class).close())
                    .isNotNull();

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("ERROR ")
                    .contains("late-dir");
        }
    }

    @Test
    void whatGuardsNeedIsInTheSameMessage() {
        assertThatThrownBy(() -> Container.start(Settings.none(), Panel.class, Guarded.class)
                        .close())
                .hasStackTraceContaining("late-dir")
                .hasStackTraceContaining("base-url");
    }

    @Alternative
    @Priority(1)
    @ApplicationScoped
    static class OwnTasks implements LateTasks {
        @Override
        public LateItem track(String id) {
            throw new UnsupportedOperationException();
        }

        @Override
        public LateItem track(String id, Connection connection) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<LateItem> find(String id) {
            return Optional.empty();
        }
    }

    @Dependent
    static class Tracking {
        @Inject
        LateTasks tasks;

        Optional<?> find() {
            return tasks.find("task-1");
        }
    }

    @Test
    void applicationThatHasTasksOfItsOwnNeedsNoStore() {
        try (Container app = Container.start(Settings.none(), Tracking.class, OwnTasks.class)) {
            assertThat(app.get(Tracking.class).find()).isEmpty();
        }
    }

    @ApplicationScoped
    static class Takes implements LateResultHandler {
        @Override
        public void handle(LateResult result, Delivery delivery) {}
    }

    @ApplicationScoped
    static class Audit {
        static final List<LateTransition> SEEN = new CopyOnWriteArrayList<>();

        void moved(@Observes LateTransition transition) {
            SEEN.add(transition);
            throw new UnsupportedOperationException("an observer's own trouble");
        }
    }

    @Test
    void transitionsAreObservedAndAnObserverThatFailsChangesNothing() {
        Audit.SEEN.clear();
        try (Container app = Container.start(store(), Panel.class, Takes.class, Audit.class);
                CapturedLog log = new CapturedLog("com.playtcha.jakarta.internal", Level.WARN)) {
            Panel panel = app.get(Panel.class);
            panel.tasks().track("task-1");
            app.get(CdiApplication.class).application().late().inbox().accept("task-1", "done");

            await().atMost(Duration.ofSeconds(60)).until(() -> Audit.SEEN.size() == 3);
            assertThat(Audit.SEEN)
                    .extracting(LateTransition::from)
                    .containsExactly(null, LateState.AWAITING, LateState.READY);
            assertThat(Audit.SEEN)
                    .extracting(LateTransition::to)
                    .containsExactly(LateState.AWAITING, LateState.READY, LateState.DELIVERED);
            assertThat(Audit.SEEN)
                    .extracting(LateTransition::outcome)
                    .containsExactly(null, LateOutcome.COMPLETED, LateOutcome.COMPLETED);
            assertThat(Audit.SEEN).allSatisfy(transition -> {
                assertThat(transition.id()).isEqualTo("task-1");
                assertThat(transition.kind()).isEqualTo(LateKind.TASK);
            });
            assertThat(Audit.SEEN.get(2)).hasToString("LateTransition[TASK, READY to DELIVERED, COMPLETED]");
            assertThat(log.everything()).contains("an observer's own trouble");
        }
    }
}
