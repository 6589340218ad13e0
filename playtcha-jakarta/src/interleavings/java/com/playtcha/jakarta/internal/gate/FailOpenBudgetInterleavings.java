package com.playtcha.jakarta.internal.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;

/** A guard with {@code fail-open-per-minute=2} and requests some of which are denied after all, one of them late. */
@Param(name = "thread", gen = ThreadIdGen.class)
public class FailOpenBudgetInterleavings {
    private final TestTicker ticker = new TestTicker();
    private final FailOpenBudget budget = new FailOpenBudget(OptionalInt.of(2), ticker);
    private final Long[] held = new Long[8];
    private final long early = budget.tryAcquire();

    public FailOpenBudgetInterleavings() {
        ticker.advance(Duration.ofSeconds(30));
    }

    @Operation
    public boolean acquire(@Param(name = "thread") int thread) {
        held[thread] = budget.tryAcquire();
        return held[thread] != null;
    }

    @Operation
    public void deny(@Param(name = "thread") int thread) {
        if (held[thread] != null) {
            budget.release(held[thread]);
            held[thread] = null;
        }
    }

    @Operation(runOnce = true)
    public void denyEarly() {
        budget.release(early);
    }

    @Operation
    public void passHalfAMinute() {
        ticker.advance(Duration.ofSeconds(30));
    }

    /** Requests by the thread that has them, each with the time at which it was allowed. */
    public static class Specification {
        private final Map<Integer, Long> lastOf = new HashMap<>();
        private final List<Long> allowed = new ArrayList<>(List.of(0L));
        private long now = 30;

        public boolean acquire(int thread) {
            long from = now - 60;
            boolean isAllowed = allowed.stream().filter(at -> at > from).count() < 2;
            lastOf.remove(thread);
            if (isAllowed) {
                allowed.add(now);
                lastOf.put(thread, now);
            }
            return isAllowed;
        }

        public void deny(int thread) {
            allowed.remove(lastOf.remove(thread));
        }

        public void denyEarly() {
            allowed.remove(0L);
        }

        public void passHalfAMinute() {
            now += 30;
        }
    }
}
