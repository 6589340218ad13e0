package com.playtcha.jakarta.late;

import java.sql.Connection;
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
     * together with the completion, so it takes effect once. A stricter isolation of the pool is lowered to READ
     * COMMITTED, but for that of H2. Calls that commit, roll
     * back or change the connection's mode throw {@code SQLException}, {@code close} does nothing, and the connection and
     * its statements are closed when the call returns. SQL that commits (a {@code COMMIT} statement; DDL in some
     * databases) is not refused, and breaks this guarantee.
     *
     * @param type the class to unwrap to
     * @param <T> that type
     * @return empty where the store has no object of this type
     * @throws IllegalStateException while a JTA transaction is active, such as that of {@code @Transactional}, which would
     *     commit what the handler wrote without the completion: use {@link #completeWith} there; and after
     *     {@link #completeWith}
     * @throws LateUnavailableException where this call took too long and the item is no longer its own, or the database
     *     fails
     */
    <T> Optional<T> unwrap(Class<T> type);

    /**
     * Records that this item is delivered, by one statement on a connection of yours, whose transaction you commit: with
     * JPA, JTA or Spring the effect of the handler and its completion then take effect together or not at all. The
     * connection leads to the database of the store, that of {@code late-datasource}, and sees its tables. After it, return
     * normally; where the transaction is rolled back after all, the handler is called again. A call that takes longer than
     * {@code late-handler-timeout} has its connection aborted, since the item is locked until the transaction ends. With an
     * isolation stricter than READ COMMITTED, call this before the transaction reads anything: a renewal of the item's lease
     * meanwhile would be a conflict, and the handler would be called again.
     *
     * @param connection in a transaction, with auto-commit off
     * @throws LateUnavailableException where this call took too long and the item is no longer its own, or the database
     *     fails; roll back then
     * @throws IllegalStateException where this call has the engine's transaction, by {@link #unwrap}; and where auto-commit
     *     is on outside a JTA transaction, or the connection takes no part in the one that is active, which would record the
     *     completion whatever becomes of the handler's writes
     */
    void completeWith(Connection connection);
}
