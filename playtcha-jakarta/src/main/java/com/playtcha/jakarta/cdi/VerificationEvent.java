package com.playtcha.jakarta.cdi;

import com.playtcha.jakarta.Verification;
import java.util.Objects;

/**
 * A guard judged a token. Fired for every verification of the application, whether a filter, an injected verifier, an
 * annotated method or a resource asked for it:
 *
 * <pre>{@code
 * void audit(@Observes VerificationEvent event) { ... }
 * }</pre>
 *
 * <p>On the thread that verified, once the guard's policy was applied; be quick. What an observer throws is logged and
 * changes nothing. {@link com.playtcha.jakarta.BreakerChange} and {@link com.playtcha.jakarta.ThrottleChange} are events
 * as well. Immutable.
 *
 * @since 0.1
 */
public final class VerificationEvent {
    private final String guard;
    private final Verification verification;

    /**
     * An event.
     *
     * @param guard the guard's name
     * @param verification what came of it
     */
    public VerificationEvent(String guard, Verification verification) {
        this.guard = Objects.requireNonNull(guard, "guard");
        this.verification = Objects.requireNonNull(verification, "verification");
    }

    /**
     * The guard that judged.
     *
     * @return its name, {@code default} for the unnamed one
     */
    public String getGuard() {
        return guard;
    }

    /**
     * What came of it, under this guard's policy.
     *
     * @return never null
     */
    public Verification getVerification() {
        return verification;
    }

    @Override
    public String toString() {
        return "VerificationEvent[" + guard + ", " + verification + "]";
    }
}
