package com.playtcha.jakarta.internal.late.store;

/** What became of a result, of a request to poll, or of a fail-open record. */
public enum AcceptResult {
    /** It is stored, or the task is due to be polled. */
    STORED,
    /** The item has this very result already; nothing was changed. */
    DUPLICATE,
    /** The item has another result, or ended otherwise; nothing was changed. */
    DIFFERENT,
    /** The spool holds it, or an earlier result of its item; the store decides which is first when it works again. */
    SPOOLED,
    /** It could be neither stored nor spooled; the sender has to send it again. */
    REFUSED;

    /** Returns whether the sender need not send it again. */
    public boolean isAcknowledged() {
        return this != REFUSED;
    }
}
