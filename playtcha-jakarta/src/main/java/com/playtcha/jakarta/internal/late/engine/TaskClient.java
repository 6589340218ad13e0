package com.playtcha.jakarta.internal.late.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Port: asks the service for a task's result. Thread-safe. */
@FunctionalInterface
public interface TaskClient {

    /** Asks, within a deadline of its own that is shorter than a lease. */
    Poll poll(String id);

    /** What a poll brought. */
    sealed interface Poll {

        /** The result. */
        record Ready(String code) implements Poll {}

        /** Not yet. */
        record NotReady() implements Poll {}

        /** There will be none. */
        record Permanent(String error, boolean isOfKey) implements Poll {

            /** About this task. */
            public Permanent(String error) {
                this(error, false);
            }
        }

        /** No word on the task: a transport error, 429, 5xx, or an answer that says nothing. */
        record Trouble(String detail, @Nullable Duration pause, boolean isOfService) implements Poll {

            /** Of the service, or of the way to it. */
            public Trouble(String detail, @Nullable Duration pause) {
                this(detail, pause, true);
            }
        }
    }
}
