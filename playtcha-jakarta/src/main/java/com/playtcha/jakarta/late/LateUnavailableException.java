package com.playtcha.jakarta.late;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when neither the store nor the spool works, or no engine runs. As far as is known, nothing was changed; the call
 * may be repeated.
 *
 * @since 0.1
 */
public class LateUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception without a cause.
     *
     * @param message without token, result or key
     */
    public LateUnavailableException(String message) {
        super(message);
    }

    /**
     * Creates an exception.
     *
     * @param message without token, result or key
     * @param cause the cause; null where there is none
     */
    public LateUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
