package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateUnavailableException;

/** Thrown to a handler that wants to write for an item whose lease has ended. The store works. */
public final class LeaseLostException extends LateUnavailableException {
    private static final long serialVersionUID = 1L;

    public LeaseLostException() {
        super(
                "This call took longer than its lease, or the item was discarded meanwhile: nothing can be written for it."
                        + " Roll back");
    }
}
