package com.playtcha.jakarta;

/**
 * Hears of every verification: for metrics, audits and alerts. Called on the thread that verified, after the policy
 * was applied; be quick. What it throws is logged and changes nothing.
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
}
