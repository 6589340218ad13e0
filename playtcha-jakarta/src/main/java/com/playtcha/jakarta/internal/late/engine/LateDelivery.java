package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.late.Delivery;
import java.sql.Connection;
import java.time.Instant;
import java.util.Optional;

/** One call of the handler, as the handler sees it. */
record LateDelivery(
        EngineContext context, Settlements settlements, Lease lease, LateStore.HandlerTransaction transaction)
        implements Delivery {
    @Override
    public int getAttempt() {
        return lease.failures() + 1;
    }

    @Override
    public <T> Optional<T> unwrap(Class<T> type) {
        return transaction.unwrap(type);
    }

    @Override
    public void completeWith(Connection connection) {
        Instant now = context.now();
        Settlement.Delivered delivered = Settlement.Delivered.after(context.config.retention, lease, now);
        transaction.completeWith(connection, delivered.purgeAt(), now);
        settlements.began(delivered);
    }
}
