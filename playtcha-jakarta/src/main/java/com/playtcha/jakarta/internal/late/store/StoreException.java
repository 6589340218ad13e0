package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateUnavailableException;
import org.jspecify.annotations.Nullable;

/** The store could not do what it was asked; nothing was changed that is known of. Asking again is harmless. */
public class StoreException extends LateUnavailableException {
    private static final long serialVersionUID = 1L;

    /** Says what is the case, and why. */
    public StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
