package com.playtcha.jakarta.late;

import java.util.Optional;

/**
 * One call of a {@link LateResultHandler}. Valid until the call returns.
 *
 * @since 0.1
 */
public interface Delivery {

    /**
     * Returns the number of this call, as far as calls were recorded.
     *
     * @return 1 or more: the number of recorded failures plus 1
     */
    int getAttempt();

    /**
     * Returns the transaction in which the completion of this item is recorded. With a JDBC store,
     * {@code unwrap(java.sql.Connection.class)} returns its connection: what the handler writes through it is committed
     * together with the completion, so it takes effect once. Calls that commit, roll back or change the connection's mode
     * throw {@code SQLException}, {@code close} does nothing, and the connection and its statements are closed when the
     * call returns. SQL that commits (a {@code COMMIT} statement; DDL in some databases) is not refused, and breaks this
     * guarantee.
     *
     * @param type the class to unwrap to
     * @param <T> that type
     * @return empty where the store has no object of this type
     */
    <T> Optional<T> unwrap(Class<T> type);
}
