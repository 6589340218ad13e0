package com.playtcha.jakarta.internal.late.spool;

import com.playtcha.jakarta.late.LateUnavailableException;

/** The dead-letter directory holds as much as it may. Nothing is evicted for a new letter. */
public class SpoolFullException extends LateUnavailableException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what is the case.
     *
     * @param message the figures
     */
    public SpoolFullException(String message) {
        super(message);
    }
}
