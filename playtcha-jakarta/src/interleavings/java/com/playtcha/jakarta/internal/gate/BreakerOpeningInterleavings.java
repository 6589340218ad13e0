package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.BreakerState;
import java.time.Duration;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;

/** A closed breaker that the next failed call opens, and an operator who resets it. */
@Param(name = "thread", gen = ThreadIdGen.class)
public class BreakerOpeningInterleavings {
    private final BreakerChanges changes = new BreakerChanges();
    private final TestTicker ticker = new TestTicker();
    private final Breaker breaker =
            new Breaker(ticker, TestResults.endpoint("playtcha"), Duration.ofSeconds(2), changes::add);
    private final Breaker.Permission[] held = new Breaker.Permission[8];

    public BreakerOpeningInterleavings() {
        for (int i = 0; i < 9; i++) {
            TestResults.fail(breaker.tryAcquire());
        }
    }

    @Operation
    public boolean acquire(@Param(name = "thread") int thread) {
        held[thread] = breaker.tryAcquire();
        return held[thread] != null;
    }

    @Operation
    public boolean error(@Param(name = "thread") int thread) {
        Breaker.Permission permission = held[thread];
        held[thread] = null;
        if (permission != null) {
            TestResults.fail(permission);
        }
        return permission != null;
    }

    @Operation
    public void reset() {
        breaker.reset();
    }

    @Operation
    public BreakerState state() {
        return breaker.state();
    }

    @Validate
    public void listenersSawEachChange() {
        changes.check(breaker.state(), true);
    }
}
