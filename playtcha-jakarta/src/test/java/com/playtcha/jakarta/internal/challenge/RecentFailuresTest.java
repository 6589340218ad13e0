package com.playtcha.jakarta.internal.challenge;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.gate.TestTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Contract, section 11: failures are kept in memory, bounded. */
class RecentFailuresTest {
    private static final Duration WINDOW = Duration.ofHours(1);

    private final TestTicker ticker = new TestTicker();
    private final RecentFailures failures = new RecentFailures(ticker);

    @Test
    void theLatestHundredFailuresOfAKeyCountUntilTheirWindowHasPassed() {
        for (int i = 1; i <= 250; i++) {
            failures.record("k", WINDOW);
            assertThat(failures.count("k", WINDOW)).isEqualTo(Math.min(i, 100));
            ticker.advance(Duration.ofSeconds(1));
        }

        assertThat(failures.count("k", Duration.ofSeconds(41))).isEqualTo(40);
        ticker.advance(WINDOW.minusSeconds(41));
        assertThat(failures.count("k", WINDOW)).isEqualTo(40);
        ticker.advance(Duration.ofSeconds(40));
        assertThat(failures.count("k", WINDOW)).isZero();
    }

    /** An attack on many names is to count, and not to take the heap of the application. */
    @Test
    void aHundredFailuresOfEachKeyFitIntoMemory() {
        int keys = RecentFailures.CAPACITY / 4;
        long before = used();
        for (int i = 0; i < keys; i++) {
            String key = "k" + i;
            for (int times = 0; times < 100; times++) {
                failures.record(key, WINDOW);
            }
        }

        assertThat(used() - before).isLessThan(keys * 1500L);
        assertThat(failures.count("k0", WINDOW)).isEqualTo(100);
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
