package com.playtcha.jakarta.late;

/**
 * What an item waits for (contract, section 7).
 *
 * @since 0.1
 */
public enum LateKind {
    /** Playtcha's verdict on a token whose request was let through unverified. */
    LATE_VERDICT,

    /** The result of a task that another service works on and delivers by callback, by polling, or both. */
    TASK
}
