package com.playtcha.jakarta.internal.late.engine;

/** What became of a result that arrived, or of the news that there is one. */
public enum Receipt {
    /** Kept in the store, or due to be polled for: acknowledge. */
    STORED,
    /** Known already: acknowledge. */
    DUPLICATE,
    /** The item has another result, which stays: acknowledge. */
    DIFFERENT,
    /** Kept in the dead-letter directory, since the store is down: acknowledge. */
    SAVED,
    /** Nothing could keep it: do not acknowledge, so that it is sent again. */
    REFUSED;

    /**
     * Whether the sender need not send it again.
     *
     * @return false where it has to
     */
    public boolean isAcknowledged() {
        return this != REFUSED;
    }
}
