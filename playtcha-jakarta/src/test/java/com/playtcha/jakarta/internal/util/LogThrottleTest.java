package com.playtcha.jakarta.internal.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.gate.TestTicker;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.threads.DelayedTasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class LogThrottleTest {
    private final TestTicker ticker = new TestTicker();
    private final LogThrottle throttle = new LogThrottle(ticker);

    @Test
    void theFirstEventIsLoggedAtOnceAndThenOneLineAMinuteWithACount() {
        assertThat(throttle.count("a")).isEqualTo(1);
        assertThat(throttle.count("a")).isZero();
        ticker.advance(Duration.ofSeconds(59));
        assertThat(throttle.count("a")).isZero();
        assertThat(throttle.count("b")).isEqualTo(1);

        ticker.advance(Duration.ofSeconds(1));

        assertThat(throttle.count("a")).isEqualTo(3);
        assertThat(throttle.count("a")).isZero();
    }

    @Test
    void countOfABurstIsLoggedWhenTheMinuteHasPassed() {
        List<String> logged = new ArrayList<>();
        TestScheduler scheduler = new TestScheduler();
        LogThrottle bursts = new LogThrottle(ticker, Duration.ofMinutes(1), scheduler);
        for (int i = 0; i < 3; i++) {
            String text = "e" + i;
            bursts.log("a", count -> logged.add(text + " " + count));
        }
        assertThat(logged).containsExactly("e0 1");

        scheduler.runAll();
        assertThat(logged).as("not before its time").hasSize(1);
        ticker.advance(Duration.ofMinutes(1));
        scheduler.runAll();
        assertThat(logged).containsExactly("e0 1", "e2 2");

        bursts.log("a", count -> logged.add("e3 " + count));
        assertThat(logged).as("a minute after the last line").hasSize(2);
        ticker.advance(Duration.ofMinutes(1));
        bursts.log("a", count -> logged.add("e4 " + count));
        assertThat(logged).containsExactly("e0 1", "e2 2", "e4 2");
        scheduler.runAll();
        assertThat(logged).as("nothing is left").hasSize(3);
        assertThat(scheduler.size()).isZero();
    }

    @Test
    void countOfABurstIsLoggedAtTheClose() throws Exception {
        List<String> logged = new CopyOnWriteArrayList<>();
        DaemonThreads threads = new DaemonThreads("test", null);
        try (DelayedTasks tasks = new DelayedTasks(threads)) {
            LogThrottle bursts = new LogThrottle(System::nanoTime, Duration.ofHours(1), tasks::trySchedule);
            bursts.log("a", count -> logged.add("first " + count));
            bursts.log("a", count -> logged.add("second " + count));
            bursts.log("a", count -> logged.add("third " + count));
            assertThat(logged).containsExactly("first 1");
        }
        assertThat(logged).containsExactly("first 1", "third 2");
        assertThat(threads.awaitEnd(Duration.ZERO)).isZero();
    }

    @Test
    void delayedTasksRunInTheOrderOfTheirTimes() {
        List<String> ran = new CopyOnWriteArrayList<>();
        DaemonThreads threads = new DaemonThreads("test", null);
        try (DelayedTasks tasks = new DelayedTasks(threads)) {
            tasks.trySchedule(Duration.ofHours(1), () -> ran.add("later"));
            tasks.trySchedule(Duration.ofMillis(1), () -> {
                ran.add("sooner");
                throw new IllegalStateException("a test's");
            });
            await().until(() -> ran.contains("sooner"));
            assertThat(ran).containsExactly("sooner");
        }
        assertThat(ran).containsExactly("sooner", "later");
    }

    @Test
    void delayedTasksLeaveNoThreadAndStartOneAgain() {
        List<String> ran = new CopyOnWriteArrayList<>();
        DaemonThreads threads = new DaemonThreads("test", null);
        try (DelayedTasks tasks = new DelayedTasks(threads)) {
            tasks.trySchedule(Duration.ofMillis(1), () -> ran.add("first"));
            await().until(() -> ran.contains("first") && threads.awaitEnd(Duration.ZERO) == 0);

            tasks.trySchedule(Duration.ZERO, () -> ran.add("again"));
            await().until(() -> ran.contains("again"));
        }
    }

    @Test
    void afterAResetTheNextEventIsLoggedAtOnce() {
        assertThat(throttle.reset("a")).isFalse();
        throttle.count("a");
        assertThat(throttle.reset("a")).isTrue();
        assertThat(throttle.count("a")).isEqualTo(1);
    }
}
