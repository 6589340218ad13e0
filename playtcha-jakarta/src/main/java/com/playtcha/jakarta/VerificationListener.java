package com.playtcha.jakarta;

/**
 * Receives every verification and every change of a breaker or throttle window, for metrics, audits and alerts.
 * Implementations must be thread-safe and should return quickly. {@link PlaytchaVerifier#verify} calls the listener on the
 * verifying thread, after the policy was applied; {@link PlaytchaVerifier#verifyAsync} calls it on a thread of this
 * library, or on the caller's thread if Playtcha is not called. Changes are passed one at a time, in their order, on the
 * thread of a verification.
 *
 * <p>An exception or a {@link LinkageError} of a listener is logged and has no effect on the verification. A
 * {@link VirtualMachineError}, such as an {@link OutOfMemoryError}, makes the verification fail with that error, so that
 * the request is not allowed.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface VerificationListener {

    /**
     * Called when a guard has decided on a request.
     *
     * @param guard the guard's name; {@code default} for the unnamed guard
     * @param verification the guard's decision
     */
    void onVerification(String guard, Verification verification);

    /**
     * Called before Playtcha is called, for a metric or a span per call. It runs on the thread that called
     * {@link PlaytchaVerifier#verify} or {@link PlaytchaVerifier#verifyAsync}, where the visitor's context is; late
     * verdicts are asked for on threads of this library. Returns {@link CallObserver#NONE} by default.
     *
     * @param call the call that begins
     * @return what is told when the call has ended; not null
     */
    default CallObserver onCall(VerificationCall call) {
        return CallObserver.NONE;
    }

    /**
     * Called once per change of a breaker, however many guards share it. Does nothing by default.
     *
     * @param change the change
     */
    default void onBreakerChange(BreakerChange change) {}

    /**
     * Called once per start or end of a throttle window, however many guards share it. Does nothing by default.
     *
     * @param change the change
     */
    default void onThrottleChange(ThrottleChange change) {}
}
