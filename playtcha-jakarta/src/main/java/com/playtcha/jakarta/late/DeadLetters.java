package com.playtcha.jakarta.late;

import java.util.List;
import java.util.Optional;

/**
 * What an operator sees and does (contract, section 7): dead letters, which are items in the store whose handler failed,
 * and the spool, which keeps items in {@code late-dir} while the store is down. Thread-safe.
 *
 * @since 0.1
 */
public interface DeadLetters {

    /**
     * Lists the items of the spool, then the dead letters of the store, each oldest first. A store that is down is left
     * out with a WARN.
     *
     * @param most how many at most
     * @return a copy
     */
    List<LateItem> list(int most);

    /**
     * Returns the result of a dead letter or of an item of the spool.
     *
     * @param id of the item
     * @return empty when there is neither, or when its result is not known yet
     * @throws LateUnavailableException when it is not in the spool and the store is down
     */
    Optional<LateResult> show(String id);

    /**
     * Makes a dead letter or an item of the spool due now.
     *
     * @param id of the item
     * @return false when there is neither
     * @throws LateUnavailableException when it is not in the spool and the store is down
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
     * @return false when there is neither
     * @throws LateUnavailableException when it is not in the spool and the store is down
     */
    boolean discard(String id);
}
