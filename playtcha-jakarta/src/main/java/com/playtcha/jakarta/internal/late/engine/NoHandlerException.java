package com.playtcha.jakarta.internal.late.engine;

/**
 * There is no handler that could be called: no failure of the item's, which waits as it is until there is one. Thrown by
 * what stands for the application's handler.
 */
public final class NoHandlerException extends Exception {
    private static final long serialVersionUID = 1L;

    /** None. */
    public NoHandlerException(String message) {
        super(message);
    }
}
