package com.playtcha.jakarta.internal.gate;

import org.jspecify.annotations.Nullable;

/**
 * An earlier guard of the same request allowed the token without a verdict, so the token is not a replay and is not
 * tracked twice. The id is null if it is not tracked; if {@code tried}, the store may hold a record of this request.
 */
public record EarlierFailOpen(@Nullable String deferralId, boolean tried) {}
