package com.playtcha.jakarta.internal.late.store;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which items to claim, and for how long.
 *
 * @param source null for any
 * @param owner the node's name, for people who read the table
 * @param newestFirst whether those that became due last are claimed, instead of those that have been due longest
 */
public record Claim(
        WorkQueue lane,
        @Nullable String source,
        boolean expiredOnly,
        Instant now,
        String owner,
        Duration lease,
        int most,
        boolean newestFirst) {}
