package com.playtcha.jakarta.internal.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one poll for a task brought.
 *
 * @param text the result, or why there is none, for the log
 * @param pause what the service asked for
 */
public record TaskResponse(Kind kind, String text, @Nullable Duration pause) {
    /** What a {@link TaskResponse} means for the task. */
    public enum Kind {
        READY,
        NOT_READY,
        /** There will be no result of the task. */
        PERMANENT_ERROR,
        /** The poll is repeated; other tasks' polls would fail likewise. */
        UNAVAILABLE,
        /** The poll is repeated; the service failed at this task, and perhaps at others. */
        SERVER_ERROR,
        /** The poll is repeated; it says nothing about other tasks. */
        UNREADABLE
    }

    static TaskResponse of(Kind kind, String text) {
        return new TaskResponse(kind, text, null);
    }
}
