package com.playtcha.jakarta.cdi;

import com.playtcha.jakarta.Verification;
import java.util.Objects;

/**
 * The CDI event of a verification, fired for every verification by a filter, an injected verifier, a guarded bean method
 * or a guarded resource:
 *
 * <pre>{@code
 * void audit(@Observes VerificationEvent event) { ... }
 * }</pre>
 *
 * <p>The event is fired synchronously, after the guard's policy was applied, so observers should return quickly. An
 * observer's exception is logged and has no effect on the verification. {@link com.playtcha.jakarta.BreakerChange} and
 * {@link com.playtcha.jakarta.ThrottleChange} are fired as events as well. Immutable.
 *
 * @since 0.1
 */
public final class VerificationEvent {
    private final String guard;
    private final Verification verification;

    /**
     * Creates an event.
     *
     * @param guard the name of the guard
     * @param verification the guard's decision
     * @throws NullPointerException if an argument is null
     */
    public VerificationEvent(String guard, Verification verification) {
        this.guard = Objects.requireNonNull(guard, "guard");
        this.verification = Objects.requireNonNull(verification, "verification");
    }

    /**
     * Returns the name of the guard.
     *
     * @return the name; {@code default} for the unnamed guard
     */
    public String getGuard() {
        return guard;
    }

    /**
     * Returns the decision under this guard's policy.
     *
     * @return the verification; never null
     */
    public Verification getVerification() {
        return verification;
    }

    @Override
    public String toString() {
        return "VerificationEvent[" + guard + ", " + verification + "]";
    }
}
