package com.playtcha.jakarta.late;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lists, retries and discards items of the store whose handler failed, which are {@link LateState#RETRYING} or, once their
 * retries have ended, {@link LateState#DEAD_LETTER}; and spooled items, which are kept in {@code late-dir} while the store
 * is down. Thread-safe.
 *
 * @since 0.1
 */
public interface DeadLetters {

    /**
     * Returns spooled items, then items whose handler failed, each oldest first. While the store is down, only spooled
     * items are returned and a WARN is logged.
     *
     * @param limit the maximum number of items, 0 or more
     * @return a copy, never null
     */
    default List<LateItem> list(int limit) {
        return limit <= 0
                ? List.of()
                : list(DeadLetterFilter.all(), null, limit).getItems();
    }

    /**
     * Returns a page of the list: spooled items, then items whose handler failed, each oldest first.
     *
     * @param filter which items to return
     * @param cursor {@link DeadLetterPage#getNextCursor()} of the page before; null for the first page
     * @param limit the maximum number of items, 1 or more
     * @return never null
     * @throws IllegalArgumentException where the cursor is not one, or the limit is below 1
     */
    DeadLetterPage list(DeadLetterFilter filter, @Nullable String cursor, int limit);

    /**
     * Returns the result of an item whose handler failed, or of a spooled item.
     *
     * @param id the item's id
     * @return empty where no such item has this id, or where its result is not known yet
     * @throws LateUnavailableException where the item is not spooled and the store is down
     */
    Optional<LateResult> show(String id);

    /**
     * Makes an item whose handler failed, or a spooled item, due now. The retries of a dead letter begin anew; where
     * {@code late-max-attempts} is set, it has one more call.
     *
     * @param id the item's id
     * @return false where no such item has this id
     * @throws LateUnavailableException where the item is not spooled and the store is down
     */
    boolean retry(String id);

    /**
     * Makes all items whose handler failed, and all spooled items, due now, in batches.
     *
     * @return their number
     * @throws LateUnavailableException where the store is down; nothing is changed then
     */
    default int retryAll() {
        return retryAll(DeadLetterFilter.all());
    }

    /**
     * Makes the selected items due now, in batches, as {@link #retry} does.
     *
     * @param filter which items
     * @return their number
     * @throws LateUnavailableException where the store is down; nothing is changed then
     */
    int retryAll(DeadLetterFilter filter);

    /**
     * Discards an item whose handler failed, or a spooled item, for good. Its state becomes {@link LateState#DISCARDED}; a
     * result that arrives later is acknowledged and changes nothing. While the store is down, the discard is kept in the
     * spool and applied when the store works; it then also discards an item that is still pending. Each discard is logged
     * at WARN.
     *
     * @param id the item's id
     * @return false where no such item has this id; true while the store is down
     * @throws LateUnavailableException where the store is down and the discard cannot be spooled either
     */
    boolean discard(String id);

    /**
     * Discards the selected items for good, in batches, as {@link #discard} does.
     *
     * @param filter which items
     * @return their number
     * @throws LateUnavailableException where the store is down; nothing is changed then
     */
    int discardAll(DeadLetterFilter filter);
}
