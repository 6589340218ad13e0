package com.playtcha.jakarta;

/**
 * Hears of every verification, and of changes of the breakers and throttle windows: for metrics, audits and alerts. Be
 * quick: {@link PlaytchaVerifier#verify} calls it on the thread that verifies, after the policy was applied;
 * {@link PlaytchaVerifier#verifyAsync} on a thread of the library's, or on the caller's where nobody had to be asked.
 * Changes are told one after another, in their order, on the thread of a verification.
 *
 * <p>An exception or a {@link LinkageError} that it throws is logged and changes nothing. Where it runs into the limits
 * of the virtual machine ({@link VirtualMachineError}: no memory, no stack), the verification that told it fails with
 * that error, as it does for errors of our own, so that the request is not let through.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface VerificationListener {

    /**
     * A guard judged a request.
     *
     * @param guard the guard's name, {@code default} for the unnamed one
     * @param verification what came of it
     */
    void onVerification(String guard, Verification verification);

    /**
     * A breaker opened, lets one call through, or closed. Does nothing by default.
     *
     * @param change once for all guards that share the breaker
     */
    default void onBreakerChange(BreakerChange change) {}

    /**
     * A throttle window opened or ended. Does nothing by default.
     *
     * @param change once for all guards that share the window
     */
    default void onThrottleChange(ThrottleChange change) {}
}
