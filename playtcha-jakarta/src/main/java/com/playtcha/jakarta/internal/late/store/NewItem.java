package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateKind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An item to be added, whose result is awaited. */
public record NewItem(
        String id,
        LateKind kind,
        String source,
        @Nullable String token,
        boolean sent,
        Instant startedAt,
        Instant dueAt,
        Instant expiresAt) {

    /** Returns a copy marked as sent, since its token may have been redeemed. */
    public NewItem asSent() {
        return new NewItem(id, kind, source, token, true, startedAt, dueAt, expiresAt);
    }
}
