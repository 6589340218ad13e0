package com.playtcha.jakarta.late;

/**
 * The states of an item (contract, section 7): {@code AWAITING → READY → DELIVERED}, possibly through
 * {@code DEAD_LETTER}, or ending as {@code EXPIRED} or {@code DISCARDED}. The contract's <em>pending</em> is the first
 * two.
 *
 * @since 0.1
 */
public enum LateState {
    /** Pending: the result is not known yet. */
    AWAITING,
    /** Pending: the result is stored, and the handler has not completed yet. */
    READY,
    /** The handler has failed at least once and will be called again. */
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
