package com.playtcha.jakarta.internal.gate;

import org.jspecify.annotations.Nullable;

/**
 * Guards of the same request allowed its token unverified already, so it is no replay and is not tracked twice. A null id
 * means not tracked; {@code tried} that one wanted it tracked, so that the store may hold this very request.
 */
public record EarlierFailOpen(@Nullable String deferralId, boolean tried) {}
