package com.playtcha.jakarta.late;

import java.util.List;
import java.util.Optional;

/**
 * Lists, retries and discards dead letters, which are items of the store whose handler failed, and spooled items, which
 * are kept in {@code late-dir} while the store is down (contract, section 7). Thread-safe.
 *
 * @since 0.1
 */
public interface DeadLetters {

    /**
     * Returns spooled items, then dead letters, each oldest first. While the store is down, only spooled items are
     * returned and a WARN is logged.
     *
     * @param most the maximum number of items, 0 or more
     * @return a copy, never null
     */
    List<LateItem> list(int most);

    /**
     * Returns the result of a dead letter or of a spooled item.
     *
     * @param id the item's id
     * @return empty where no dead letter or spooled item has this id, or where its result is not known yet
     * @throws LateUnavailableException where the item is not spooled and the store is down
     */
    Optional<LateResult> show(String id);

    /**
     * Makes a dead letter or a spooled item due now.
     *
     * @param id the item's id
     * @return false where no dead letter or spooled item has this id
     * @throws LateUnavailableException where the item is not spooled and the store is down
     */
    boolean retry(String id);

    /**
     * Makes all dead letters and all spooled items due now, in batches.
     *
     * @return the number of spooled items plus the number of dead letters that were not due before
     * @throws LateUnavailableException where the store is down; spooled items are due nevertheless
     */
    int retryAll();

    /**
     * Discards a dead letter or a spooled item for good. Its state becomes {@link LateState#DISCARDED}; a result that
     * arrives later is acknowledged and changes nothing. While the store is down, the discard is kept in the spool and
     * applied when the store works; it then also discards an item that is still pending. Each discard is logged at WARN.
     *
     * @param id the item's id
     * @return false where no dead letter or spooled item has this id; true while the store is down
     * @throws LateUnavailableException where the store is down and the discard cannot be spooled either
     */
    boolean discard(String id);
}
