package com.playtcha.jakarta.late.store;

import com.playtcha.jakarta.late.LateUnavailableException;

/** The store could not do what it was asked; nothing was changed that is known of. Asking again is harmless. */
public class StoreException extends LateUnavailableException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what is the case, and why.
     *
     * @param message without token, result or key
     * @param cause what went wrong below
     */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
