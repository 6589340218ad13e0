package com.playtcha.jakarta.internal.gate;

import java.time.Duration;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;

/** Requests that a breaker refuses after they got a permit, but for those that probe; the first probe is due. */
@Param(name = "thread", gen = ThreadIdGen.class)
public class PermitsAndBreakerInterleavings {
    private final TestTicker ticker = new TestTicker();
    private final Breaker breaker =
            new Breaker(ticker, TestResults.endpoint("playtcha"), Duration.ofSeconds(2), change -> {});
    private final CallAdmission admission = Admissions.ofMany(ticker, breaker);
    private final CallPermit[] held = new CallPermit[8];

    public PermitsAndBreakerInterleavings() {
        for (int i = 0; i < 10; i++) {
            TestResults.fail(breaker.tryAcquire());
        }
        ticker.advance(Breaker.FIRST_OPEN);
    }

    @Operation
    public boolean acquire(@Param(name = "thread") int thread) {
        if (held[thread] != null) {
            return false;
        }
        held[thread] = admission.tryAcquire(Admissions.TOKEN) instanceof CallPermit permit ? permit : null;
        return held[thread] != null;
    }

    @Operation
    public boolean call(@Param(name = "thread") int thread) {
        CallPermit permit = held[thread];
        held[thread] = null;
        if (permit != null) {
            permit.call();
        }
        return permit != null;
    }

    @Operation
    public boolean cancel(@Param(name = "thread") int thread) {
        CallPermit permit = held[thread];
        held[thread] = null;
        if (permit != null) {
            permit.cancel();
        }
        return permit != null;
    }

    @Validate
    public void allPermitsAreBackInTheEnd() {
        for (CallPermit permit : held) {
            if (permit != null) {
                permit.cancel();
            }
        }
        if (admission.active() != 0) {
            throw new IllegalStateException(admission.active() + " permits are taken by no request");
        }
        if (breaker.tryAcquire() == null) {
            throw new IllegalStateException("The breaker stays " + breaker.state() + " though no probe is under way");
        }
    }
}
