package com.playtcha.jakarta.late;

import java.util.List;
import java.util.Optional;

/**
 * The operator's view of what could not be handed over: dead letters in the store, and those that wait in the
 * dead-letter directory for the store to return (contract, section 7). Thread-safe.
 *
 * @since 0.1
 */
public interface DeadLetters {

    /**
     * Lists dead letters, those in the directory first, then the store's, oldest first. A store that is down is left out
     * with a WARN.
     *
     * @param most how many at most
     * @return a copy
     */
    List<LateItem> list(int most);

    /**
     * One dead letter with what it carries.
     *
     * @param id of the item
     * @return empty when there is no such dead letter
     * @throws LateUnavailableException when it is not in the directory and the store is down
     */
    Optional<LateResult> show(String id);

    /**
     * Makes a dead letter due now.
     *
     * @param id of the item
     * @return false when there is no such dead letter
     * @throws LateUnavailableException when it is not in the directory and the store is down
     */
    boolean retry(String id);

    /**
     * Makes all dead letters, and all entries of the spool, due now. Works in batches until none is left.
     *
     * @return how many entries the spool has, and how many dead letters of the store were not due before
     * @throws LateUnavailableException when the store is down; entries of the spool are due then
     */
    int retryAll();

    /**
     * Discards a dead letter, or an entry of the spool, for good: it becomes {@link LateState#DISCARDED}, and a result that
     * comes for it later is acknowledged and changes nothing. A discarded entry of the spool stays there as such until the
     * store takes it. Logged.
     *
     * @param id of the item
     * @return false when there is no such dead letter
     * @throws LateUnavailableException when it is not in the directory and the store is down
     */
    boolean discard(String id);
}
