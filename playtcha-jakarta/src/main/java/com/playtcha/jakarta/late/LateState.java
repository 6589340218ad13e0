package com.playtcha.jakarta.late;

/**
 * How far an item has come (contract, section 7): {@code AWAITING → READY → DELIVERED}, or by way of
 * {@code DEAD_LETTER}, or to {@code EXPIRED} or {@code DISCARDED}. The contract's <em>pending</em> is the first two.
 *
 * @since 0.1
 */
public enum LateState {
    /** Pending: no result yet. */
    AWAITING,
    /** Pending: the result is kept, the handler has not been called yet. */
    READY,
    /** The result is kept; the handler has failed at least once and will be called again. */
    DEAD_LETTER,
    /** The handler has taken the result. Final. */
    DELIVERED,
    /** The handler has taken the news that no result came in time. Final. */
    EXPIRED,
    /** An operator gave a dead letter up. Final. */
    DISCARDED;

    /**
     * Whether nothing more happens to such an item, apart from being forgotten in the end.
     *
     * @return false for what still has to be worked on
     */
    public boolean isFinal() {
        return this == DELIVERED || this == EXPIRED || this == DISCARDED;
    }
}
