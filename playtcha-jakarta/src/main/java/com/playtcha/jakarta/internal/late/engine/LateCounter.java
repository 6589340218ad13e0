package com.playtcha.jakarta.internal.late.engine;

/** The counters of {@link EngineMetrics}, described in {@code LateMetrics.getCounters}. */
public enum LateCounter {
    TRACKED,
    UNTRACKED,
    REPEATED,
    ACCEPTED,
    DUPLICATE,
    DIFFERENT,
    REFUSED,
    SPOOLED,
    DRAINED,
    ASKED,
    POLLED,
    DELIVERED,
    EXPIRED,
    HANDLER_FAILED,
    STALE,
    UNKEPT,
    STORE_FAILED
}
