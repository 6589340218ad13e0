package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateKind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An item that begins: awaited, nothing asked yet.
 *
 * @param id valid ({@link Ids})
 * @param kind what it waits for
 * @param source under which name the engine finds whom to ask
 * @param token of a late verdict, else null
 * @param sent whether an earlier attempt had begun to write the request
 * @param startedAt when the request arrived, or the task was tracked
 * @param dueAt when to ask first
 * @param expiresAt when to give up
 */
public record NewItem(
        String id,
        LateKind kind,
        String source,
        @Nullable String token,
        boolean sent,
        Instant startedAt,
        Instant dueAt,
        Instant expiresAt) {

    /**
     * The same, but that an earlier attempt may have arrived.
     *
     * @return a copy
     */
    public NewItem asSent() {
        return new NewItem(id, kind, source, token, true, startedAt, dueAt, expiresAt);
    }
}
