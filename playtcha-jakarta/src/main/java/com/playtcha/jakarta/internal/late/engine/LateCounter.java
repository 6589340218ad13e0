package com.playtcha.jakarta.internal.late.engine;

/** What the engine counts, since it started. */
public enum LateCounter {
    /** Unverified passes that were tracked, and tasks. */
    TRACKED,
    /** Unverified passes that went on untracked. */
    UNTRACKED,
    /** Unverified passes refused because their token had been let through before. */
    REPEATED,
    /** Results that arrived and were stored. */
    ACCEPTED,
    /** Results that arrived again. */
    DUPLICATE,
    /** Results that differ from the item's first. */
    DIFFERENT,
    /** Results that nothing could keep, or that were one too many; the sender was told. */
    REFUSED,
    /** Results and passes that went to the dead-letter directory. */
    SPOOLED,
    /** ResultSpool of the directory that the store has taken. */
    DRAINED,
    /** PollDispatcher to Playtcha. */
    ASKED,
    /** PollDispatcher to the service that works on tasks. */
    POLLED,
    /** Results that the handler took. */
    DELIVERED,
    /** Expired items, of which the handler took the news. */
    EXPIRED,
    /** Calls of the handler that failed, or took too long. */
    HANDLER_FAILED,
    /** Work that was in vain, since the lease had passed or the item had been taken over. */
    STALE,
    /** Results known here that neither store nor directory took; the item is asked for again. */
    UNKEPT,
    /** Operations that the store failed at. */
    STORE_FAILED
}
