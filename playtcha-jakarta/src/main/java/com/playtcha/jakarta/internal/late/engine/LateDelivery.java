package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.late.Delivery;
import java.sql.Connection;
import java.time.Instant;
import java.util.Optional;

/** One call of the handler, as the handler sees it. */
record LateDelivery(EngineContext context, int attempt, LateStore.HandlerTransaction transaction) implements Delivery {
    @Override
    public int getAttempt() {
        return attempt;
    }

    @Override
    public <T> Optional<T> unwrap(Class<T> type) {
        return transaction.unwrap(type);
    }

    @Override
    public void completeWith(Connection connection) {
        Instant now = context.now();
        transaction.completeWith(connection, now.plus(context.config.retention), now);
    }
}
