package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.BreakerState;
import java.time.Duration;
import java.util.function.Consumer;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;

/** A breaker that is open and due for its first probe, whose calls end in every way or never. */
@Param(name = "thread", gen = ThreadIdGen.class)
public class BreakerProbeInterleavings {
    private final StandingTicker clock = new StandingTicker();
    private final BreakerChanges changes = new BreakerChanges();
    private final Breaker breaker =
            new Breaker(clock.ticker, TestResults.endpoint("playtcha"), Duration.ofSeconds(2), changes::add);
    private final Breaker.Permission[] held = new Breaker.Permission[8];

    public BreakerProbeInterleavings() {
        for (int i = 0; i < 10; i++) {
            breaker.tryAcquire().onError();
        }
        clock.advance(Breaker.FIRST_OPEN);
    }

    @Operation
    public boolean acquire(@Param(name = "thread") int thread) {
        Breaker.Permission permission = clock.during(breaker::tryAcquire);
        if (permission != null) {
            // An earlier one that is dropped here is a call that never reports.
            held[thread] = permission;
        }
        return permission != null;
    }

    @Operation
    public boolean success(@Param(name = "thread") int thread) {
        return end(thread, Breaker.Permission::onSuccess);
    }

    @Operation
    public boolean error(@Param(name = "thread") int thread) {
        return end(thread, Breaker.Permission::onError);
    }

    @Operation
    public boolean release(@Param(name = "thread") int thread) {
        return end(thread, Breaker.Permission::release);
    }

    private boolean end(int thread, Consumer<Breaker.Permission> how) {
        Breaker.Permission permission = held[thread];
        held[thread] = null;
        return clock.during(() -> {
            if (permission != null) {
                how.accept(permission);
            }
            return permission != null;
        });
    }

    @Operation
    public void passFourSeconds() {
        clock.advance(Duration.ofSeconds(4));
    }

    @Operation
    public BreakerState state() {
        return clock.during(breaker::state);
    }

    @Operation
    public long waitTime() {
        return clock.during(breaker::waitTime).toMillis();
    }

    /** Whatever became of the calls, one is permitted once the longest times have passed. */
    @Validate
    public void permitsACallInTheEnd() {
        changes.check(breaker.state(), false);
        clock.advance(Breaker.MAX_OPEN.multipliedBy(2));
        if (breaker.tryAcquire() == null) {
            throw new IllegalStateException("The breaker stays " + breaker.state());
        }
    }
}
