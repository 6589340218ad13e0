package com.playtcha.jakarta.internal.gate;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;

/** A guard with {@code max-concurrent=2} and requests that are verified or cancelled. */
@Param(name = "thread", gen = ThreadIdGen.class)
public class PermitsInterleavings {
    private final CallAdmission admission = Admissions.ofTwo(new TestTicker());
    private final CallPermit[] held = new CallPermit[8];

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

    @Operation
    public int active() {
        return admission.active();
    }

    @Validate
    public void allPermitsAreBackInTheEnd() {
        int left = 0;
        for (CallPermit permit : held) {
            left += permit == null ? 0 : 1;
        }
        if (left > 2 || admission.active() != left) {
            throw new IllegalStateException(admission.active() + " permits are taken by " + left + " requests");
        }
    }
}
