package com.playtcha.jakarta.internal.challenge;

import com.playtcha.jakarta.internal.gate.TestTicker;
import java.time.Duration;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** Log-ins of two users that fail, and some that succeed, while time passes. */
@Param(name = "user", gen = IntGen.class, conf = "1:2")
public class RecentFailuresInterleavings {
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final TestTicker ticker = new TestTicker();
    private final RecentFailures failures = new RecentFailures(ticker);

    @Operation
    public void record(@Param(name = "user") int user) {
        failures.record("user" + user, WINDOW);
    }

    @Operation
    public int count(@Param(name = "user") int user) {
        return failures.count("user" + user, WINDOW);
    }

    @Operation
    public void clear(@Param(name = "user") int user) {
        failures.clear("user" + user);
    }

    @Operation
    public void passHalfOfTheWindow() {
        ticker.advance(WINDOW.dividedBy(2));
    }
}
