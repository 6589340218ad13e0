package com.playtcha.jakarta.late;

import java.sql.Connection;
import java.util.Optional;

/**
 * Tracks the tasks of other services, whose results arrive late. Thread-safe.
 *
 * @since 0.1
 */
public interface LateTasks {

    /**
     * Tracks a task, before or after its callback arrives. A second call with the same id changes nothing. The item is
     * stored in its own transaction, not in the caller's. Callbacks of untracked tasks are accepted too, but such tasks
     * are not polled.
     *
     * @param id the service's id of the task, 1 to 200 characters
     * @return the item as it is now, never null; its result may have arrived already
     * @throws IllegalArgumentException where the id is blank or too long
     * @throws LateUnavailableException where the store is down; the task is not tracked then
     */
    LateItem track(String id);

    /**
     * Tracks a task in the caller's transaction: it is tracked if and only if that is committed, together with what
     * else the transaction writes (a transactional outbox). The connection leads to the database of the store, that of
     * {@code late-datasource}, and sees its tables. A second call with the same id changes nothing. {@link
     * LateListener}s hear of the task when its result arrives, since nothing here knows whether the transaction was
     * committed. Commit soon: a callback of this id has to wait for the transaction.
     *
     * @param id the service's id of the task, 1 to 200 characters
     * @param connection in a transaction that the application ends
     * @return the item as it is within the transaction, never null; its result may have arrived already
     * @throws IllegalArgumentException where the id is blank or too long
     * @throws IllegalStateException where the connection commits each statement by itself, as one with auto-commit on, or one
     *     that takes no part in the active JTA transaction
     * @throws LateUnavailableException where the database fails, or where the id was added at the same moment or, with an
     *     isolation stricter than READ COMMITTED, since this transaction began to read; roll back and repeat it then
     */
    LateItem track(String id, Connection connection);

    /**
     * Returns an item.
     *
     * @param id the id of a task or of a late verdict
     * @return empty where the id is unknown or its item was deleted after the retention time
     * @throws LateUnavailableException where the store is down
     */
    Optional<LateItem> find(String id);
}
