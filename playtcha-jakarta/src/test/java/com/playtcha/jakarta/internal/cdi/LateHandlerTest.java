package com.playtcha.jakarta.internal.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.cdi.Container.Settings;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.late.engine.LateInbox;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.LateState;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InterceptorBinding;
import jakarta.interceptor.InvocationContext;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A bean takes late results, from a real store, for as long as CDI lives. */
class LateHandlerTest {
    /** What happened to beans, in order. */
    private static final List<String> SEEN = new CopyOnWriteArrayList<>();

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @BeforeEach
    void clear() {
        SEEN.clear();
    }

    private Settings store() {
        return Settings.of("late-dir", directory.toString());
    }

    static LateInbox inbox(Container app) {
        LateInbox inbox = app.get(CdiApplication.class).application().late().inbox();
        assertThat(inbox).isNotNull();
        return inbox;
    }

    private static LateState state(Container app, String id) {
        return inbox(app).find(id).orElseThrow().getState();
    }

    static void awaitEnd(Container app, String... ids) {
        for (String id : ids) {
            await().atMost(LONG).until(() -> state(app, id) == LateState.DELIVERED);
        }
    }

    private static long times(String event) {
        return SEEN.stream().filter(event::equals).count();
    }

    @RequestScoped
    static class Visit {
        private static final AtomicInteger NUMBERS = new AtomicInteger();
        private int number;

        @PostConstruct
        void begin() {
            number = NUMBERS.incrementAndGet();
            SEEN.add("visit begins");
        }

        @PreDestroy
        void end() {
            SEEN.add("visit ends");
        }

        int number() {
            return number;
        }
    }

    /** What each of the handlers below does. */
    abstract static class Handler implements LateResultHandler {
        @Inject
        Visit visit;

        @PostConstruct
        void begin() {
            SEEN.add("handler begins");
        }

        @PreDestroy
        void end() {
            SEEN.add("handler ends");
        }

        @Override
        public void handle(LateResult result, Delivery delivery) {
            int number = visit.number();
            assertThat(visit.number()).isEqualTo(number);
            assertThat(delivery.unwrap(Connection.class)).isPresent();
            SEEN.add(result.getId() + "=" + result.getCode() + " in visit " + (number - FIRST.get()));
        }
    }

    private static final AtomicInteger FIRST = new AtomicInteger();

    @ApplicationScoped
    static class OfApplication extends Handler {}

    @RequestScoped
    static class OfRequest extends Handler {}

    @Dependent
    static class OfNothing extends Handler {}

    @Singleton
    static class Single extends Handler {}

    @ParameterizedTest
    @ValueSource(classes = {OfApplication.class, OfRequest.class, OfNothing.class, Single.class})
    void beanOfAnyScopeIsCalledEachTimeInARequestOfItsOwn(Class<?> handler) {
        FIRST.set(Visit.NUMBERS.get() + 1);
        try (Container app = Container.start(store(), handler, Visit.class)) {
            inbox(app).accept("task-1", "one");
            awaitEnd(app, "task-1");
            inbox(app).accept("task-2", "two");
            awaitEnd(app, "task-2");

            assertThat(SEEN).contains("task-1=one in visit 0", "task-2=two in visit 1");
            await().atMost(LONG).until(() -> times("visit ends") == 2);
            assertThat(times("visit begins")).isEqualTo(2);
            assertThat(times("handler begins")).isEqualTo(handler == OfRequest.class ? 2 : 1);
        }
        assertThat(times("handler ends")).isEqualTo(times("handler begins"));
    }

    @ApplicationScoped
    static class Failing extends Handler {
        @Override
        public void handle(LateResult result, Delivery delivery) {
            super.handle(result, delivery);
            throw new UnsupportedOperationException("not on Sundays");
        }
    }

    @Test
    void failureOfTheBeanIsTheDeadLettersAndEndsTheRequestAsWell() {
        try (Container app = Container.start(store(), Failing.class, Visit.class)) {
            inbox(app).accept("task-1", "one");

            await().atMost(LONG).until(() -> state(app, "task-1") == LateState.RETRYING);
            assertThat(inbox(app).find("task-1").orElseThrow().getLastError())
                    .isEqualTo("java.lang.UnsupportedOperationException: not on Sundays");
            assertThat(times("visit ends")).isEqualTo(1);
        }
    }

    @InterceptorBinding
    @Retention(RetentionPolicy.RUNTIME)
    @interface Traced {}

    @Traced
    @Interceptor
    @Priority(Interceptor.Priority.APPLICATION)
    static class Tracer {
        @AroundInvoke
        Object around(InvocationContext call) throws Exception {
            SEEN.add("before " + call.getMethod().getName());
            return call.proceed();
        }
    }

    @Traced
    @ApplicationScoped
    static class Intercepted extends Handler {}

    @Test
    void interceptorsOfTheBeanWork() {
        try (Container app = Container.start(store(), Intercepted.class, Tracer.class, Visit.class)) {
            inbox(app).accept("task-1", "one");
            awaitEnd(app, "task-1");
        }
        assertThat(SEEN).contains("before handle");
    }

    @Alternative
    @Priority(1)
    @ApplicationScoped
    static class Preferred extends Handler {
        @Override
        public void handle(LateResult result, Delivery delivery) {
            SEEN.add("preferred");
        }
    }

    @Test
    void oneBeanIsTheHandlerAndTwoAreAProblemThatNamesBoth() {
        assertThatThrownBy(() -> Container.start(store(), OfApplication.class, OfNothing.class, Visit.class)
                        .close())
                .hasStackTraceContaining("more than one CDI bean is a LateResultHandler")
                .hasStackTraceContaining(OfApplication.class.getName() + ", " + OfNothing.class.getName());

        try (Container app = Container.start(store(), OfApplication.class, Preferred.class, Visit.class)) {
            inbox(app).accept("task-1", "one");
            awaitEnd(app, "task-1");
        }
        assertThat(SEEN).contains("preferred");
    }

    @Test
    void whatWasLeftIsWorkedOnWhereNothingButAHandlerUsesTheLibrary() {
        Settings settings = store().and("dead-letter-retry", "1s");
        try (Container app = Container.start(settings, LateResultsTest.Panel.class);
                CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.WARN)) {
            inbox(app).accept("task-1", "one");
            await().atMost(LONG).until(() -> log.everything().contains("wait for a handler"));
            assertThat(state(app, "task-1")).isEqualTo(LateState.READY);
        }

        FIRST.set(Visit.NUMBERS.get() + 1);
        try (Container app = Container.start(settings, OfApplication.class, Visit.class)) {
            awaitEnd(app, "task-1");
        }
        assertThat(SEEN).contains("task-1=one in visit 0");
    }

    @Test
    void handlerWithoutAStoreAndAStoreWithoutAHandlerAreWarnedOf() {
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta.internal.late.service", Level.WARN)) {
            Container.start(Settings.none(), OfApplication.class, Visit.class).close();
            assertThat(log.lines()).singleElement().asString().contains(OfApplication.class.getName(), "late-dir");
        }
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta.internal.late.service", Level.WARN)) {
            Container.start(store(), LateResultsTest.Panel.class).close();
            assertThat(log.lines()).singleElement().asString().contains("there is no LateResultHandler");
        }
    }

    @ApplicationScoped
    static class Stuck implements LateResultHandler {
        @PreDestroy
        void end() {
            SEEN.add("handler ends");
        }

        @Override
        public void handle(LateResult result, Delivery delivery) throws InterruptedException {
            SEEN.add("call begins");
            try {
                new CountDownLatch(1).await();
            } finally {
                SEEN.add("call ends");
            }
        }
    }

    @Test
    void beansOutliveTheCallsOfTheHandler() {
        try (Container app = Container.start(store(), Stuck.class)) {
            inbox(app).accept("task-1", "one");
            await().atMost(LONG).until(() -> SEEN.contains("call begins"));
        }
        assertThat(SEEN).containsExactly("call begins", "call ends", "handler ends");
        // A thread that only warmed the transport up may end a moment later.
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("playtcha-")));
    }

    @Dependent
    static class NeverMade extends Handler {
        static volatile CountDownLatch go = new CountDownLatch(0);

        @PostConstruct
        @Override
        void begin() {
            SEEN.add("making begins");
            boolean waiting = true;
            while (waiting) {
                try {
                    go.await();
                    waiting = false;
                } catch (InterruptedException e) {
                    SEEN.add("interrupted");
                }
            }
            SEEN.add("made");
        }
    }

    /** The common pool may have one thread, and CDI starts on it. */
    private static void onThreadOfItsOwn(Runnable work) {
        new Thread(work).start();
    }

    @Test
    void beanThatIsBeingMadeForEverHoldsUpNoEnd() throws Exception {
        try (Container app = Container.start(Settings.none(), NeverMade.class, Visit.class)) {
            CdiLateHandler bean = CdiLateHandlerTest.of(app);
            SEEN.clear();
            NeverMade.go = new CountDownLatch(1);
            FutureTask<LateResultHandler> making = new FutureTask<>(bean::get);
            onThreadOfItsOwn(making);
            await().atMost(LONG).until(() -> SEEN.contains("making begins"));

            try {
                assertThatCode(() -> CompletableFuture.runAsync(bean::end, LateHandlerTest::onThreadOfItsOwn)
                                .get(60, TimeUnit.SECONDS))
                        .doesNotThrowAnyException();
                assertThat(making).isNotDone();
            } finally {
                NeverMade.go.countDown();
            }

            assertThat(making.get(60, TimeUnit.SECONDS)).isNull();
            assertThat(SEEN).endsWith("made", "handler ends");
        }
    }

    @Test
    void requestThatIsThereIsUsedAndLeftThere() throws Exception {
        try (Container app = Container.start(Settings.none(), Visit.class)) {
            CdiApplication beans = app.get(CdiApplication.class);
            Visit visit = app.get(Visit.class);
            assertThat(beans.handler()).isNull();

            app.inRequest(() -> {
                int number = visit.number();
                try {
                    beans.inRequestContext(() -> assertThat(visit.number()).isEqualTo(number));
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                return assertThat(visit.number()).isEqualTo(number);
            });
            IOException thrown = new IOException("unchanged");
            assertThatThrownBy(() -> beans.inRequestContext(() -> {
                        visit.number();
                        throw thrown;
                    }))
                    .isSameAs(thrown);
            assertThat(times("visit ends")).isEqualTo(times("visit begins")).isEqualTo(2);
        }
    }
}
