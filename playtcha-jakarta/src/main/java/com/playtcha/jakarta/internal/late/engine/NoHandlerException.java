package com.playtcha.jakarta.internal.late.engine;

/**
 * Thrown while the application has no handler. The item does not fail; it waits until there is one.
 */
public final class NoHandlerException extends Exception {
    private static final long serialVersionUID = 1L;

    public NoHandlerException(String message) {
        super(message);
    }
}
