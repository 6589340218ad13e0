package com.playtcha.jakarta.internal.late.store;

/** What became of a result that arrived, or of the message that there is one. */
public enum AcceptResult {
    /** It is kept in the store, or the task is due to be polled. */
    STORED,
    /** The item has this very result already; nothing was changed. */
    DUPLICATE,
    /** The item has another result, or ended otherwise; nothing was changed. */
    DIFFERENT,
    /** It is kept in the spool, since the store is down. */
    SPOOLED,
    /** Nothing could keep it, or too many results of untracked ids are waiting: the sender has to send it again. */
    REFUSED;

    /** Returns whether the sender need not send it again. */
    public boolean isAcknowledged() {
        return this != REFUSED;
    }
}
