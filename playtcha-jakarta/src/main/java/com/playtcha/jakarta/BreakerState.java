package com.playtcha.jakarta;

/**
 * The state of a circuit breaker.
 *
 * @since 0.1
 */
public enum BreakerState {
    /** All calls are made. */
    CLOSED,
    /** No call is made, since most of the recent calls failed on transport. */
    OPEN,
    /** One call at a time is made as a probe; all others are rejected. */
    HALF_OPEN
}
