package com.playtcha.jakarta.internal.late.store;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which items are to be claimed.
 *
 * @param lane what is to be done with them
 * @param source only this one's; null for any
 * @param expiredOnly only those that have expired
 * @param now items that are due by then
 * @param owner who claims, for people who read the table
 * @param lease for how long
 * @param most how many at most
 */
public record Claim(
        WorkQueue lane,
        @Nullable String source,
        boolean expiredOnly,
        Instant now,
        String owner,
        Duration lease,
        int most) {}
