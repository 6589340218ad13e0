package com.playtcha.jakarta.late;

import java.util.Optional;

/**
 * One call of a {@link LateResultHandler}. Valid until the call returns.
 *
 * @since 0.1
 */
public interface Delivery {

    /**
     * Which call this is, as far as was recorded.
     *
     * @return 1 for the first; one more than the calls that are known to have failed
     */
    int getAttempt();

    /**
     * What the completion of this item is recorded in. With a JDBC store, {@code unwrap(java.sql.Connection.class)} gives
     * the connection of that transaction: what the handler writes through it takes effect together with the completion or
     * not at all, and so once. The connection is the store's: to commit, roll back or change its mode through it is
     * refused, closing it does nothing, and it ends with the call, as does every statement made from it. SQL that
     * commits (a {@code COMMIT} as a statement; DDL in some databases) is not refused, and breaks that promise.
     *
     * @param type of what is wanted
     * @param <T> of what is wanted
     * @return empty where the store has no such thing
     */
    <T> Optional<T> unwrap(Class<T> type);
}
