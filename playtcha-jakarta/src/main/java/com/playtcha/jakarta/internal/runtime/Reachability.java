package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationCall;
import com.playtcha.jakarta.VerificationListener;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Measures for how long each guard has not reached Playtcha. Thread-safe. */
final class Reachability implements VerificationListener {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final LongSupplier nanoTime;
    private final Map<String, Outage> outages = new ConcurrentHashMap<>();

    /** The first and the last call that failed since the last HTTP response. */
    private record Outage(long first, long last) {}

    Reachability(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public void onVerification(String guard, Verification verification) {
        // A decision without a call says nothing about Playtcha.
    }

    /** Any HTTP response counts as reached, as for the breaker, so that no visitor's token makes an outage. */
    @Override
    public Consumer<Verification> onCall(VerificationCall call) {
        return result -> {
            if (result.getStatus() > 0) {
                outages.remove(call.getGuard());
            } else if (result.getOutcome() == Outcome.UNAVAILABLE && result.getReason() != Reason.INTERRUPTED) {
                long now = nanoTime.getAsLong();
                outages.compute(
                        call.getGuard(), (guard, known) -> new Outage(known == null ? now : known.first(), now));
            }
        };
    }

    /**
     * Returns whether calls have failed for a minute. A guard that has not called for a minute is tried again: without
     * that, a node that gets no more requests because it is not ready would never be ready.
     */
    boolean isUnreachable(String guard) {
        Outage outage = outages.get(guard);
        return outage != null
                && outage.last() - outage.first() >= LIMIT.toNanos()
                && nanoTime.getAsLong() - outage.last() < LIMIT.toNanos();
    }
}
