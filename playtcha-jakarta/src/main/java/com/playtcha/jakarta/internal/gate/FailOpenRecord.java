package com.playtcha.jakarta.internal.gate;

import org.jspecify.annotations.Nullable;

/**
 * An earlier guard of the same request has allowed the token unverified, so that a second decision is no replay.
 *
 * @param deferralId of the request that is tracked; null if it is not
 * @param storeMayHoldIt whether that guard has late verdicts, so that the store may report the token as repeated
 */
public record FailOpenRecord(@Nullable String deferralId, boolean storeMayHoldIt) {}
