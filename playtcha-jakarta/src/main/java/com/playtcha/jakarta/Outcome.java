package com.playtcha.jakarta;

/**
 * The outcome of a verification. Attributes, listeners, metrics and logs use these names; {@link Reason} is the finer
 * classification.
 *
 * @since 0.1
 */
public enum Outcome {
    /** Playtcha answered {@code success: true}, degraded or not, or a session pass was left. Always allowed. */
    VERIFIED,

    /** Playtcha answered 4xx (but not 429), or {@code success: false}. Never allowed. */
    REJECTED,

    /** Playtcha answered 429, or was not called because the window of an earlier 429 is still open. Never allowed. */
    THROTTLED,

    /**
     * There is no verdict: 5xx, a network error, the deadline, a response that is not Playtcha's, or an open breaker.
     * Allowed if the guard fails open, within its limits; denied if it fails closed.
     */
    UNAVAILABLE,

    /** The request had no usable token, and Playtcha was not called. Never allowed. */
    NO_TOKEN,

    /** A limit of this server: {@code max-concurrent} verifications in progress, or no resources left. Never allowed. */
    OVERLOADED,

    /** The guard is switched off by {@code enabled=false}. Always allowed. */
    DISABLED,

    /** The guard requires no token of this request, and Playtcha was not called. Always allowed. */
    EXEMPT
}
