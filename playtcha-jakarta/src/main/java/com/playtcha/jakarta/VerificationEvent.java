package com.playtcha.jakarta;

import java.util.Objects;

/**
 * The event of a verification by a filter, an injected verifier, a guarded bean method or a guarded resource. It is fired
 * by CDI, and published as an application event by Spring:
 *
 * <pre>{@code
 * void audit(@Observes VerificationEvent event) { ... }     // CDI
 *
 * @EventListener
 * void audit(VerificationEvent event) { ... }               // Spring
 * }</pre>
 *
 * <p>The event is fired synchronously, after the guard's policy was applied, so observers should return quickly. An
 * observer's exception is logged and has no effect on the verification. {@link BreakerChange} and {@link ThrottleChange}
 * are events as well.
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
