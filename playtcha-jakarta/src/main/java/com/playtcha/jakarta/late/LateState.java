package com.playtcha.jakarta.late;

/**
 * The states of an item: {@code AWAITING → READY → DELIVERED}, possibly through {@code RETRYING} and
 * {@code DEAD_LETTER}, or ending as {@code EXPIRED} or {@code DISCARDED}. The first two are <em>pending</em>.
 *
 * @since 0.1
 */
public enum LateState {
    /** Pending: the result is not known yet. */
    AWAITING,
    /** Pending: the result is stored, and the handler has not completed yet. */
    READY,
    /** The handler has failed, or asked for a later call, and will be called again. */
    RETRYING,
    /** The handler gave up, or failed too often: kept, and called again only where an operator retries it. */
    DEAD_LETTER,
    /** The handler has handled the result. Final. */
    DELIVERED,
    /** The handler was called with outcome {@code EXPIRED} and has returned. Final. */
    EXPIRED,
    /** An operator discarded the item. Final. */
    DISCARDED;

    /**
     * Returns whether items in this state are no longer processed; they are deleted after the retention time.
     *
     * @return true for {@code DELIVERED}, {@code EXPIRED} and {@code DISCARDED}
     */
    public boolean isFinal() {
        return this == DELIVERED || this == EXPIRED || this == DISCARDED;
    }
}
