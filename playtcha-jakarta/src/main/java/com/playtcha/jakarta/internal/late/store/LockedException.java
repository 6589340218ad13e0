package com.playtcha.jakarta.internal.late.store;

import org.jspecify.annotations.Nullable;

/**
 * Thrown where somebody else's transaction has locked a row for longer than the store waits, such as one of the application
 * that has tracked an item and not ended. That is no failure of the store, and other items are not concerned.
 */
public final class LockedException extends StoreException {
    private static final long serialVersionUID = 1L;

    public LockedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
