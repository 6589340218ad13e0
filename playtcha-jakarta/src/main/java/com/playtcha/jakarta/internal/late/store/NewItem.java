package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateKind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An item that begins: awaited, nothing asked yet. */
public record NewItem(
        String id,
        LateKind kind,
        String source,
        @Nullable String token,
        boolean sent,
        Instant startedAt,
        Instant dueAt,
        Instant expiresAt) {

    /** The same, but that an earlier attempt may have arrived. */
    public NewItem asSent() {
        return new NewItem(id, kind, source, token, true, startedAt, dueAt, expiresAt);
    }
}
