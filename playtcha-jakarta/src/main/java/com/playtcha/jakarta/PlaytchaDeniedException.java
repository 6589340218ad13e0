package com.playtcha.jakarta;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by the interceptor of {@code @PlaytchaProtected} when the guard denies a call; the method is not called. In a
 * Jakarta REST application the exception is mapped to a response with problem details (RFC 9457).
 *
 * @since 0.1
 */
public class PlaytchaDeniedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String guard;
    private final transient @Nullable Verification verification;

    /**
     * Creates an exception for a denied call.
     *
     * @param guard the name of the guard
     * @param verification the guard's decision
     * @throws NullPointerException if the verification is null
     */
    public PlaytchaDeniedException(String guard, Verification verification) {
        // No text from the network or the visitor, since messages of exceptions appear in logs and pages.
        super("Denied by guard '" + guard + "': " + verification.getOutcome() + ", "
                + verification.getReason().getLabel());
        this.guard = guard;
        this.verification = Objects.requireNonNull(verification, "verification");
    }

    /**
     * Returns the name of the guard that denied the call.
     *
     * @return the name; {@code default} for the unnamed guard
     */
    public String getGuard() {
        return guard;
    }

    /**
     * Returns the guard's decision.
     *
     * @return the verification, or null after deserialization, which keeps only the guard's name and the message
     */
    public @Nullable Verification getVerification() {
        return verification;
    }
}
