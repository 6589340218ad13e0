package com.playtcha.jakarta.spring;

import com.playtcha.jakarta.Verification;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.AuthenticationException;

/**
 * Handed to the AuthenticationFailureHandler of a chain for a log-in that a guard denied. The message is a sentence for the
 * visitor, in his language (docs/spring-boot.md, "Spring Security").
 *
 * @since 0.1
 */
public class PlaytchaAuthenticationException extends AuthenticationException {
    private static final long serialVersionUID = 1L;

    private final String guard;
    private final int status;
    private final transient @Nullable Verification verification;

    /**
     * Creates an exception.
     *
     * @param message what the visitor can do
     * @param guard the name of the guard
     * @param verification the guard's decision
     * @param status the HTTP status with which a filter answers such a denial, such as 400, 403, 500 or 503
     */
    public PlaytchaAuthenticationException(String message, String guard, Verification verification, int status) {
        super(message);
        this.guard = guard;
        this.verification = Objects.requireNonNull(verification, "verification");
        this.status = status;
    }

    /**
     * Returns the name of the guard that denied the log-in.
     *
     * @return the name
     */
    public String getGuard() {
        return guard;
    }

    /**
     * Returns the HTTP status with which a filter answers such a denial, for a handler that sets one.
     *
     * @return the status: 400 or 413 without a usable token, 403, 500 for a wrong secret, or 503
     */
    public int getStatus() {
        return status;
    }

    /**
     * Returns the guard's decision.
     *
     * @return the verification, or null after deserialization, as in a session that was stored
     */
    public @Nullable Verification getVerification() {
        return verification;
    }
}
