package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.late.engine.LateConfig.Backoff;
import com.playtcha.jakarta.late.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PacingTest {
    private final TestClock clock = new TestClock();
    private final RandomGenerator random = new Random(1);

    @Test
    void waitsDoubleUpToTheLongest() {
        Backoff retry = new Backoff(Duration.ofMinutes(5), Duration.ofHours(1), 0);
        List<Long> minutes = new ArrayList<>();
        for (int failures = 1; failures <= 7; failures++) {
            minutes.add(retry.after(failures, random).toMinutes());
        }

        assertThat(minutes).containsExactly(5L, 10L, 20L, 40L, 60L, 60L, 60L);
        assertThat(retry.after(Integer.MAX_VALUE, random)).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void jitterTakesAPartOffAndSpreads() {
        Backoff retry = new Backoff(Duration.ofSeconds(10), Duration.ofSeconds(10), 0.5);
        List<Duration> waits = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            waits.add(retry.after(3, random));
        }

        assertThat(waits).allMatch(wait -> wait.toMillis() > 5000 && wait.toMillis() <= 10_000);
        assertThat(waits).doesNotHaveDuplicates();
    }

    @Test
    void troubleBringsThePaceDownAndAnswersBringItBackGradually() {
        RateLimiter pacer = new RateLimiter(
                8, new Backoff(Duration.ofSeconds(5), Duration.ofSeconds(20), 0), random, clock::nanoTime);
        assertThat(pacer.allowance()).isEqualTo(8);

        assertThat(pacer.unavailable()).isTrue();
        assertThat(pacer.unavailable()).isFalse();
        assertThat(pacer.allowance()).isZero();
        assertThat(pacer.pauseLeft()).isEqualTo(Duration.ofSeconds(5));
        clock.advance(Duration.ofSeconds(5));
        assertThat(pacer.allowance()).isEqualTo(1);
        pacer.unavailable();
        assertThat(pacer.pauseLeft()).as("two at once are one failure").isEqualTo(Duration.ofSeconds(10));
        clock.advance(Duration.ofSeconds(10));

        pacer.began();
        assertThat(pacer.allowance()).isZero();
        assertThat(pacer.answered()).isTrue();
        pacer.ended();
        assertThat(pacer.allowance()).isEqualTo(2);
        assertThat(pacer.answered()).isFalse();
        assertThat(pacer.allowance()).isEqualTo(4);
        pacer.answered();
        pacer.answered();
        assertThat(pacer.allowance()).isEqualTo(8);
    }

    @Test
    void whatOthersNeedNotShareHalvesThePaceAndPausesShortly() {
        RateLimiter pacer = new RateLimiter(
                4, new Backoff(Duration.ofSeconds(5), Duration.ofSeconds(20), 0), random, clock::nanoTime);
        pacer.failedAlone();
        assertThat(pacer.allowance()).isEqualTo(2);
        pacer.failedAlone();
        assertThat(pacer.allowance()).isEqualTo(1);
        for (int i = 0; i < 5; i++) {
            pacer.failedAlone();
            assertThat(pacer.pauseLeft()).isEqualTo(Duration.ofSeconds(1));
            clock.advance(Duration.ofSeconds(1));
            assertThat(pacer.allowance()).isEqualTo(1);
        }
        assertThat(pacer.answered()).isTrue();
        assertThat(pacer.allowance()).isEqualTo(2);
    }

    @Test
    void aThrottleWindowIsKeptToItsEnd() {
        RateLimiter pacer = new RateLimiter(
                8, new Backoff(Duration.ofSeconds(5), Duration.ofSeconds(20), 0), random, clock::nanoTime);
        pacer.throttled(Duration.ofSeconds(30));
        pacer.throttled(Duration.ofSeconds(10));
        clock.advance(Duration.ofSeconds(29));
        assertThat(pacer.allowance()).isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThat(pacer.allowance()).isEqualTo(1);
    }
}
