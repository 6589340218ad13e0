package com.playtcha.jakarta.internal.request;

import com.playtcha.jakarta.Reason;

/** Thrown where a request's body is not searched for a token, or cannot be. */
public final class UnusableBodyException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** The reason is one of outcome {@code NO_TOKEN} or {@code OVERLOADED}. */
    public UnusableBodyException(Reason reason) {
        super(reason.name());
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
