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
    private final TestTicker ticker = new TestTicker();
    private final TimeBetweenCalls time = new TimeBetweenCalls();
    private final BreakerChanges changes = new BreakerChanges();
    private final Breaker breaker =
            new Breaker(ticker, TestResults.endpoint("playtcha"), Duration.ofSeconds(2), changes::add);
    private final Breaker.Permission[] held = new Breaker.Permission[8];

    public BreakerProbeInterleavings() {
        for (int i = 0; i < 10; i++) {
            TestResults.fail(breaker.tryAcquire());
        }
        ticker.advance(Breaker.FIRST_OPEN);
    }

    @Operation
    public boolean acquire(@Param(name = "thread") int thread) {
        Breaker.Permission permission = time.call(breaker::tryAcquire);
        if (permission != null) {
            // An earlier one that is dropped here is a call that never reports.
            held[thread] = permission;
        }
        return permission != null;
    }

    @Operation
    public boolean success(@Param(name = "thread") int thread) {
        return end(thread, TestResults::succeed);
    }

    @Operation
    public boolean error(@Param(name = "thread") int thread) {
        return end(thread, TestResults::fail);
    }

    @Operation
    public boolean release(@Param(name = "thread") int thread) {
        return end(thread, Breaker.Permission::release);
    }

    private boolean end(int thread, Consumer<Breaker.Permission> way) {
        Breaker.Permission permission = held[thread];
        held[thread] = null;
        if (permission == null) {
            return false;
        }
        return time.call(() -> {
            way.accept(permission);
            return true;
        });
    }

    @Operation
    public void passFourSeconds() {
        time.pass(() -> ticker.advance(Duration.ofSeconds(4)));
    }

    @Operation
    public BreakerState state() {
        return time.call(breaker::state);
    }

    @Operation
    public long waitTime() {
        return time.call(() -> breaker.waitTime().toMillis());
    }

    /** Whatever became of the calls, one is permitted once the longest times have passed. */
    @Validate
    public void permitsACallInTheEnd() {
        changes.check(breaker.state(), false);
        ticker.advance(Breaker.MAX_OPEN.multipliedBy(2));
        if (breaker.tryAcquire() == null) {
            throw new IllegalStateException("The breaker stays " + breaker.state());
        }
    }
}
