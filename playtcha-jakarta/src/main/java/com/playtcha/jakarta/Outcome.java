package com.playtcha.jakarta;

/**
 * What came of a request for verification (contract, section 2). A closed set: attributes, listeners and logs all
 * speak of it. {@link Reason} says why, more finely.
 *
 * @since 0.1
 */
public enum Outcome {
    /** Playtcha said {@code success: true}, degraded or not. Always allowed. */
    VERIFIED,

    /** Playtcha answered 4xx (but not 429), or {@code success: false}. Never allowed. */
    REJECTED,

    /** Playtcha answered 429, or is not asked because an earlier 429's window is still open. Never allowed. */
    THROTTLED,

    /**
     * No verdict could be had: 5xx, a network error, the deadline, an answer that is not Playtcha's, or an open
     * breaker. Allowed when the guard fails open, denied when it fails closed.
     */
    UNAVAILABLE,

    /** The request carried no usable token. Playtcha was not asked. Never allowed. */
    NO_TOKEN,

    /** More verifications were in flight here than the guard's {@code max-concurrent}. Never allowed. */
    OVERLOADED,

    /** The guard is switched off with {@code enabled=false}. Always allowed. */
    DISABLED
}
