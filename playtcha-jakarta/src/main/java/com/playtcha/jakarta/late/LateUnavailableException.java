package com.playtcha.jakarta.late;

import org.jspecify.annotations.Nullable;

/**
 * Nothing could keep what was to be kept, or answer what was asked: the store is down, or full, and so is the
 * dead-letter directory. Nothing was changed that is known of; the call may be repeated.
 *
 * @since 0.1
 */
public class LateUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what is the case.
     *
     * @param message without token, result or key
     */
    public LateUnavailableException(String message) {
        super(message);
    }

    /**
     * Says what is the case, and why.
     *
     * @param message without token, result or key
     * @param cause what went wrong below; null for none
     */
    public LateUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
