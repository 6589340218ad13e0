package com.playtcha.jakarta.late;

/**
 * The outcomes of items.
 *
 * @since 0.1
 */
public enum LateOutcome {
    /** Late verdict: Playtcha answered {@code success: true}. */
    VERIFIED,
    /** Late verdict: Playtcha rejected the token. */
    REJECTED,
    /**
     * Late verdict: Playtcha answered that the token is already redeemed, and an earlier attempt of this library may
     * have redeemed it, so it is unknown whether the visitor was verified.
     */
    UNCONFIRMED,
    /**
     * No result arrived in time, or Playtcha answered that the token has expired (this library may have caused the
     * delay).
     */
    EXPIRED,
    /** Task: the service delivered its result. */
    COMPLETED,
    /** Task: the service answered that there will be no result. */
    FAILED
}
