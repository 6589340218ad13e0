package com.playtcha.jakarta.internal.late.store;

/** What a store did with a result that arrived. */
public enum Acceptance {
    /** It is the item's first result, and kept. */
    STORED,
    /** The item has this very result already; nothing was changed. */
    DUPLICATE,
    /** The item has another result, or ended otherwise; nothing was changed. */
    DIFFERENT,
    /** Nobody tracked this id, and as many such items as are allowed wait to be handed over; nothing was changed. */
    FULL
}
