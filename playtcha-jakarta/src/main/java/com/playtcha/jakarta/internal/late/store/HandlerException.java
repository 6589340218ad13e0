package com.playtcha.jakarta.internal.late.store;

/** The handler failed; what it wrote through the store's transaction was rolled back. */
public class HandlerException extends Exception {
    private static final long serialVersionUID = 1L;

    public HandlerException(Throwable cause) {
        super(cause);
    }
}
