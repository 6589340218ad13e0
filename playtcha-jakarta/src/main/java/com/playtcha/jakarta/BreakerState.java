package com.playtcha.jakarta;

/**
 * What a breaker does with calls to Playtcha (contract, section 3).
 *
 * @since 0.1
 */
public enum BreakerState {
    /** All calls are made. */
    CLOSED,
    /** No call is made: Playtcha could not be reached, again and again. */
    OPEN,
    /** One call is made to see whether Playtcha can be reached again; all others are held back. */
    HALF_OPEN
}
