package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.late.LateUnavailableException;

/** Thrown when the spool holds as much as it may. Nothing is evicted for a new entry. */
public class SpoolFullException extends LateUnavailableException {
    private static final long serialVersionUID = 1L;

    public SpoolFullException(String message) {
        super(message);
    }
}
