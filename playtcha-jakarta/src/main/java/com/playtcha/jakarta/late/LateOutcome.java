package com.playtcha.jakarta.late;

/**
 * What came of an item in the end (contract, section 7).
 *
 * @since 0.1
 */
public enum LateOutcome {
    /** Late verdict: Playtcha said {@code success: true}. */
    VERIFIED,
    /** Late verdict: Playtcha refused the token. */
    REJECTED,
    /**
     * Late verdict: Playtcha says that the token was redeemed already, and an earlier attempt of ours may have been what
     * redeemed it. Nobody can say whether the visitor was verified.
     */
    UNCONFIRMED,
    /** No result came in time, or Playtcha says that the token has expired (the delay may be ours). */
    EXPIRED,
    /** Task: the service delivered its result. */
    COMPLETED,
    /** Task: the service said that there will be no result. */
    FAILED
}
