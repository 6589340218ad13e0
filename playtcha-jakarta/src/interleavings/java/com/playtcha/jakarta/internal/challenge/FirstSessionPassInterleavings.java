package com.playtcha.jakarta.internal.challenge;

import com.playtcha.jakarta.internal.gate.TestTicker;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * The first requests of a session, which several nodes or threads may give its id at once. Passes may get lost then, so that
 * a visitor shows one more token, which is why only their number is checked.
 */
public class FirstSessionPassInterleavings {
    private final SessionPasses passes = new SessionPasses(new TestTicker());
    private final Caller caller = TestCaller.at(null).in(new ConcurrentHashMap<>());
    private final AtomicInteger granted = new AtomicInteger();
    private final AtomicInteger used = new AtomicInteger();

    @Operation
    public void grant(@Param(gen = IntGen.class, conf = "1:2") int count) {
        granted.addAndGet(count);
        passes.grant(caller, "guard", count);
    }

    @Operation
    public void use() {
        if (passes.tryUse(caller, "guard")) {
            used.incrementAndGet();
        }
    }

    @Validate
    public void noPassIsUsedTwice() {
        while (passes.tryUse(caller, "guard")) {
            used.incrementAndGet();
        }
        if (used.get() > granted.get()) {
            throw new IllegalStateException(used + " of " + granted + " passes were used");
        }
    }
}
