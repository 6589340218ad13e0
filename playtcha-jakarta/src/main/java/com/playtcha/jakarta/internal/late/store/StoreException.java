package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateUnavailableException;
import org.jspecify.annotations.Nullable;

/** Thrown when the store fails. As far as is known, nothing was changed; the operation may be repeated. */
public class StoreException extends LateUnavailableException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
