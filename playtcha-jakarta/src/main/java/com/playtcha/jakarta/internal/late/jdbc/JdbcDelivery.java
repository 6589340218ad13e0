package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.late.Delivery;
import java.sql.Connection;
import java.util.Optional;

/** One call of a handler within a transaction. */
final class JdbcDelivery implements Delivery {
    private final int attempt;
    private final Connection connection;

    JdbcDelivery(int attempt, Connection connection) {
        this.attempt = attempt;
        this.connection = connection;
    }

    @Override
    public int getAttempt() {
        return attempt;
    }

    @Override
    public <T> Optional<T> unwrap(Class<T> type) {
        return type == Connection.class ? Optional.of(type.cast(connection)) : Optional.empty();
    }
}
