package com.playtcha.jakarta.internal.late.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Port: asks the service for a task's result. Thread-safe. */
@FunctionalInterface
public interface TaskClient {

    /**
     * Asks, within a deadline of its own that is shorter than a lease.
     *
     * @param id of the task
     * @return what was said
     */
    Poll poll(String id);

    /** What a poll brought. */
    sealed interface Poll {

        /**
         * The result.
         *
         * @param code as the service sent it
         */
        record Ready(String code) implements Poll {}

        /** Not yet. */
        record NotReady() implements Poll {}

        /**
         * There will be none.
         *
         * @param error as the service put it, without the poll key
         * @param isOfKey whether it is about the key that was shown, and so about every task
         */
        record Permanent(String error, boolean isOfKey) implements Poll {

            /**
             * About this task.
             *
             * @param error as the service put it, without the poll key
             */
            public Permanent(String error) {
                this(error, false);
            }
        }

        /**
         * No word on the task: a transport error, 429, 5xx, or an answer that says nothing.
         *
         * @param detail for the log, without the poll key
         * @param pause how long it asks to wait; null where it does not say
         * @param isOfService whether others would fare no better: false for an answer that came, about this task
         */
        record Trouble(String detail, @Nullable Duration pause, boolean isOfService) implements Poll {

            /**
             * Of the service, or of the way to it.
             *
             * @param detail for the log, without the poll key
             * @param pause how long it asks to wait; null where it does not say
             */
            public Trouble(String detail, @Nullable Duration pause) {
                this(detail, pause, true);
            }
        }
    }
}
