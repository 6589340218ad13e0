package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The decision not to call Playtcha, with its reason. */
record Decided(
        Reason reason,
        @Nullable Duration retryAfter,
        @Nullable String detail) implements CallResult, Admission {
    static final Duration ONE_SECOND = Duration.ofSeconds(1);
    static final Decided BREAKER_OPEN = new Decided(Reason.BREAKER_OPEN, null, "the breaker is open");
    static final Decided OVERLOADED = of(Reason.MAX_CONCURRENT);

    static Decided of(Reason reason) {
        return new Decided(reason, reason.getOutcome() == Outcome.OVERLOADED ? ONE_SECOND : null, null);
    }

    @Override
    public CallResult call() {
        return this;
    }
}
