package com.playtcha.jakarta.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.config.TestSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Each row of the table of {@link RuntimeLifecycle}, with real runtimes. */
class RuntimeLifecycleTableTest {
    private static final IllegalStateException CAUSE = new IllegalStateException("wrong settings");

    private final RuntimeLifecycle lifecycle = new RuntimeLifecycle(Duration.ofSeconds(30));
    private final AtomicInteger built = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    private PlaytchaRuntime build() {
        built.incrementAndGet();
        return PlaytchaRuntime.start(List.of(), List.of());
    }

    private PlaytchaRuntime start() {
        return lifecycle.start(this::build);
    }

    private static boolean isClosed(PlaytchaRuntime runtime) {
        try {
            runtime.guard(TestSettings.guard(Map.of("secret", "x", "base-url", "https://playtcha.example")));
            return false;
        } catch (IllegalStateException closed) {
            return true;
        }
    }

    /** Starts on another thread, which waits before it has built the runtime. */
    private FutureTask<PlaytchaRuntime> startSlowly() throws Exception {
        FutureTask<PlaytchaRuntime> starting = new FutureTask<>(() -> lifecycle.start(() -> {
            begun.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return build();
        }));
        new Thread(starting, "starter").start();
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        return starting;
    }

    private static FutureTask<Void> run(Runnable work) {
        FutureTask<Void> task = new FutureTask<>(work, null);
        Thread thread = new Thread(task, "waiter");
        thread.start();
        await().until(() -> thread.getState() == Thread.State.WAITING
                || thread.getState() == Thread.State.TIMED_WAITING
                || thread.getState() == Thread.State.TERMINATED);
        return task;
    }

    private static Throwable failureOf(FutureTask<?> task) {
        try {
            task.get(60, TimeUnit.SECONDS);
            return null;
        } catch (Exception e) {
            return e.getCause();
        }
    }

    @Test
    void idleAndRunning() {
        lifecycle.stop();
        assertThat(lifecycle.runtime()).isNull();

        PlaytchaRuntime first = start();
        assertThat(start()).isSameAs(first).isSameAs(lifecycle.runtime());

        lifecycle.stop();
        assertThat(isClosed(first)).isTrue();
        assertThat(lifecycle.runtime()).isNull();
        assertThat(start()).isNotSameAs(first);
        lifecycle.end();
    }

    @Test
    void aStartThatThrowsCanBeRepeated() {
        assertThatThrownBy(() -> lifecycle.start(() -> {
                    throw new UnsupportedOperationException("no H2");
                }))
                .hasMessage("no H2");
        assertThatThrownBy(() -> lifecycle.start(() -> {
                    throw new NoClassDefFoundError("org/h2/Driver");
                }))
                .isInstanceOf(NoClassDefFoundError.class);

        assertThat(isClosed(start())).isFalse();
        lifecycle.end();
    }

    @Test
    void anotherStartWaitsForTheOneThatRuns() throws Exception {
        FutureTask<PlaytchaRuntime> starting = startSlowly();
        FutureTask<Void> second = run(this::start);

        assertThat(second).isNotDone();
        go.countDown();

        second.get(60, TimeUnit.SECONDS);
        assertThat(lifecycle.runtime()).isSameAs(starting.get(60, TimeUnit.SECONDS));
        assertThat(built).hasValue(1);
        lifecycle.end();
    }

    @Test
    void codeThatIsCalledByTheStartCannotStartOnceMore() {
        assertThatIllegalStateException()
                .isThrownBy(() -> lifecycle.start(this::start))
                .withMessageContaining("called to start");
        assertThat(built).hasValue(0);
    }

    @Test
    void aStopDuringTheStartStopsWhatWasStarted() throws Exception {
        FutureTask<PlaytchaRuntime> starting = startSlowly();
        FutureTask<Void> stopping = run(lifecycle::stop);

        go.countDown();
        stopping.get(60, TimeUnit.SECONDS);

        assertThat(isClosed(starting.get(60, TimeUnit.SECONDS))).isTrue();
        assertThat(isClosed(start())).isFalse();
        lifecycle.end();
    }

    @Test
    void aFailureDuringTheStartClosesWhatWasStarted() throws Exception {
        FutureTask<PlaytchaRuntime> starting = startSlowly();
        FutureTask<Void> failing = run(() -> lifecycle.fail(CAUSE));

        go.countDown();
        failing.get(60, TimeUnit.SECONDS);

        assertThat(failureOf(starting)).isSameAs(CAUSE);
        assertThatThrownBy(this::start).isSameAs(CAUSE);
        assertThat(built).hasValue(1);
    }

    @Test
    void anEndDuringTheStartClosesWhatWasStarted() throws Exception {
        FutureTask<PlaytchaRuntime> starting = startSlowly();
        FutureTask<Void> ending = run(lifecycle::end);

        go.countDown();
        ending.get(60, TimeUnit.SECONDS);

        assertThat(failureOf(starting)).hasMessageContaining("has ended");
    }

    @Test
    void anEndWaitsForAStartThatHangsNoLongerThanItsTimeout() throws Exception {
        RuntimeLifecycle impatient = new RuntimeLifecycle(Duration.ofMillis(1));
        FutureTask<Object> starting = new FutureTask<>(() -> impatient.start(() -> {
            begun.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return build();
        }));
        new Thread(starting, "starter").start();
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();

        impatient.end();
        go.countDown();

        assertThat(failureOf(starting)).hasMessageContaining("has ended");
        assertThat(impatient.runtime()).isNull();
    }

    @Test
    void afterAFailureTheFirstCauseIsThrown() {
        PlaytchaRuntime started = start();
        lifecycle.fail(CAUSE);
        lifecycle.fail(new IllegalStateException("another"));
        lifecycle.stop();

        assertThat(isClosed(started)).isTrue();
        assertThatThrownBy(this::start).isSameAs(CAUSE);
        assertThat(lifecycle.failure()).isSameAs(CAUSE);

        lifecycle.end();
        assertThatThrownBy(this::start).hasMessageContaining("has ended");
    }

    @Test
    void nothingIsStartedAfterTheEnd() {
        PlaytchaRuntime started = start();
        lifecycle.end();
        lifecycle.fail(CAUSE);
        lifecycle.stop();

        assertThat(isClosed(started)).isTrue();
        assertThatIllegalStateException().isThrownBy(this::start).withMessageContaining("has ended");
    }
}
