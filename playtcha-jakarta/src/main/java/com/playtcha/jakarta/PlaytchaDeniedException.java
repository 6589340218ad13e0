package com.playtcha.jakarta;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A guarded method was not run, because its guard denied it. {@link #getVerification()} says why. Thrown by the
 * interceptor of {@code @PlaytchaProtected}; in a Jakarta REST application it is answered with problem details.
 *
 * @since 0.1
 */
public class PlaytchaDeniedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String guard;
    private final transient @Nullable Verification verification;

    /**
     * A denial.
     *
     * @param guard the name of the guard that denied
     * @param verification why; not allowed
     */
    public PlaytchaDeniedException(String guard, Verification verification) {
        // Nothing from outside: the text of an exception ends up in logs and pages.
        super("Denied by guard '" + guard + "': " + verification.getOutcome() + ", " + verification.getReason());
        this.guard = guard;
        this.verification = Objects.requireNonNull(verification, "verification");
    }

    /**
     * The guard that denied.
     *
     * @return its name
     */
    public String getGuard() {
        return guard;
    }

    /**
     * Why it denied.
     *
     * @return null after deserialization, when only the message is left
     */
    public @Nullable Verification getVerification() {
        return verification;
    }
}
