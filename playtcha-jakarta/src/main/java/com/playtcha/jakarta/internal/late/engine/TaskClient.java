package com.playtcha.jakarta.internal.late.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Polls the service for a task's result. Thread-safe. */
@FunctionalInterface
public interface TaskClient {

    /** Polls within its own deadline, which is shorter than a lease. */
    Poll poll(String id);

    /** The outcome of a poll. */
    sealed interface Poll {

        /** The service has the result. */
        record Ready(String code) implements Poll {}

        /** The task is not finished. */
        record NotReady() implements Poll {}

        /** There will be no result; {@code isOfKey} where the service rejected the key. */
        record Permanent(String error, boolean isOfKey) implements Poll {
            public Permanent(String error) {
                this(error, false);
            }
        }

        /** The poll failed: a transport error, 429, 5xx, or an unreadable answer. */
        record Failure(String detail, @Nullable Duration pause, boolean isOfService) implements Poll {
            public Failure(String detail, @Nullable Duration pause) {
                this(detail, pause, true);
            }
        }
    }
}
