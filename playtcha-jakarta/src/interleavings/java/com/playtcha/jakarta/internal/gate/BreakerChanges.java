package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.BreakerState;
import java.util.ArrayList;
import java.util.List;

/** What a breaker's listener was called with. Not thread-safe, since a breaker calls its listener from one thread at a time. */
final class BreakerChanges {
    private final List<BreakerChange> changes = new ArrayList<>();

    void add(BreakerChange change) {
        changes.add(change);
    }

    /** Checks that the changes lead to the state, each once and in order. A probe that is given back is no change. */
    void check(BreakerState state, boolean isComplete) {
        BreakerState last = BreakerState.CLOSED;
        for (BreakerChange change : changes) {
            boolean isProbeGivenBack = last == BreakerState.HALF_OPEN && change.from() == BreakerState.OPEN;
            if (change.from() != last && (isComplete || !isProbeGivenBack)) {
                throw new IllegalStateException("Changes out of order: " + changes);
            }
            last = change.to();
        }
        boolean isProbeGivenBack = last == BreakerState.HALF_OPEN && state == BreakerState.OPEN;
        if (last != state && (isComplete || !isProbeGivenBack)) {
            throw new IllegalStateException("The breaker is " + state + " after " + changes);
        }
    }
}
