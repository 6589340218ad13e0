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
 * {@link com.playtcha.jakarta.ThrottleChange} are fired as events as well.
 *
 * @param guard the name of the guard; {@code default} for the unnamed guard; never null
 * @param verification the guard's decision; never null
 * @since 0.1
 */
public record VerificationEvent(String guard, Verification verification) {

    /**
     * Creates an event.
     *
     * @throws NullPointerException if an argument is null
     */
    public VerificationEvent {
        Objects.requireNonNull(guard, "guard");
        Objects.requireNonNull(verification, "verification");
    }
}
