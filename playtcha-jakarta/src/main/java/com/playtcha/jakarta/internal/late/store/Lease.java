package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The right to work on an item for a while. The fence grows with each claim and each change that others make: whoever
 * comes back with an old one changes nothing.
 *
 * @param id of the item
 * @param kind of the item
 * @param state when it was claimed
 * @param source under which name the engine finds whom to ask
 * @param token of a late verdict that is awaited, else null
 * @param sent whether an attempt before this one had begun to write the request
 * @param attempts how often the result was asked for before
 * @param failures how often the handler failed before
 * @param startedAt when the request arrived, or the task was tracked
 * @param expiresAt when to give up waiting
 * @param result null while awaited
 * @param fence of this claim
 */
public record Lease(
        String id,
        LateKind kind,
        LateState state,
        String source,
        @Nullable String token,
        boolean sent,
        int attempts,
        int failures,
        Instant startedAt,
        Instant expiresAt,
        @Nullable LateResult result,
        long fence) {}
