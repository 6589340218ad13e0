package com.playtcha.jakarta.internal.util;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.gate.TestTicker;
import java.time.Duration;
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
    void afterAResetTheNextEventIsLoggedAtOnce() {
        assertThat(throttle.reset("a")).isFalse();
        throttle.count("a");
        assertThat(throttle.reset("a")).isTrue();
        assertThat(throttle.count("a")).isEqualTo(1);
    }
}
