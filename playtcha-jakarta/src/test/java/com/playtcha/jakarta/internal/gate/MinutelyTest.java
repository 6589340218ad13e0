package com.playtcha.jakarta.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MinutelyTest {
    private final TestTicker ticker = new TestTicker();
    private final Minutely line = new Minutely(ticker);

    @Test
    void theFirstIsSaidAtOnceAndThenOneAMinuteWithHowManyThereWereSince() {
        assertThat(line.hit()).isEqualTo(1);
        assertThat(line.hit()).isZero();
        ticker.advance(Duration.ofSeconds(59));
        assertThat(line.hit()).isZero();

        ticker.advance(Duration.ofSeconds(1));

        assertThat(line.hit()).isEqualTo(3);
        assertThat(line.hit()).isZero();
    }
}
