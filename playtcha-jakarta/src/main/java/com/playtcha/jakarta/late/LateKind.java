package com.playtcha.jakarta.late;

/**
 * The kinds of items.
 *
 * @since 0.1
 */
public enum LateKind {
    /** The verdict of Playtcha on a token whose request was allowed unverified. */
    LATE_VERDICT,

    /** The result of another service's task, received by callback, by polling, or both. */
    TASK
}
