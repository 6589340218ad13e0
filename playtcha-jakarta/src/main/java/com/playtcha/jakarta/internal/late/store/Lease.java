package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An item claimed for a limited time. The fence grows with each claim and with each change by others, so an update with
 * an old lease changes nothing.
 *
 * @param token null unless a late verdict is awaited
 * @param sent whether an earlier attempt had begun to write the request
 * @param called whether the handler may have been called with the result before
 */
public record Lease(
        String id,
        LateKind kind,
        LateState state,
        @Nullable String token,
        boolean sent,
        int attempts,
        int failures,
        Instant startedAt,
        Instant expiresAt,
        @Nullable LateResult result,
        long fence,
        boolean called) {}
