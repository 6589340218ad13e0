package com.playtcha.jakarta.late;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Part of a list of items whose handler failed, and of spooled items. Immutable.
 *
 * @since 0.1
 */
public final class DeadLetterPage {
    private final List<LateItem> items;
    private final @Nullable String next;
    private final boolean storeIncluded;

    /**
     * Creates a page, also for the test of code that reads pages.
     *
     * @param items copied
     * @param next the cursor of the next page; null where there is none
     * @param storeIncluded false where the store could not be read
     */
    public DeadLetterPage(List<LateItem> items, @Nullable String next, boolean storeIncluded) {
        this.items = List.copyOf(items);
        this.next = next;
        this.storeIncluded = storeIncluded;
    }

    /**
     * Returns the items of this page.
     *
     * @return unmodifiable
     */
    public List<LateItem> getItems() {
        return items;
    }

    /**
     * Returns the cursor with which {@link DeadLetters#list(DeadLetterFilter, String, int)} continues the list.
     *
     * @return opaque, of letters, digits and punctuation; empty where the list is at its end
     */
    public Optional<String> getNextCursor() {
        return Optional.ofNullable(next);
    }

    /**
     * Returns whether the items of the store could be read; if not, the list has spooled items only.
     *
     * @return false while the store is down
     */
    public boolean isStoreIncluded() {
        return storeIncluded;
    }
}
