package com.playtcha.jakarta.internal.gate;

import org.jspecify.annotations.Nullable;

/**
 * Other guards of one request have let its token through unverified already: then it does not count as the token's
 * second pass, and is not tracked twice.
 *
 * @param deferralId under which it is tracked; null where it is not
 * @param tried whether one of them wanted it tracked: what the store knows of the token by now may be this very pass,
 *     though it was not kept in time
 */
public record EarlierFailOpen(@Nullable String deferralId, boolean tried) {}
