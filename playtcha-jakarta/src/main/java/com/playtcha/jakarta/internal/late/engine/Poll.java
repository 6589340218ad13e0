package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.late.LateOutcome;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The outcome of one poll for the result of an item, of Playtcha or of the service behind {@code poll-url}. */
public sealed interface Poll {

    /** The item has its outcome: a verdict, a task's result as {@code code}, or why there will be none as {@code failure}. */
    record Final(
            LateOutcome outcome,
            @Nullable String code,
            @Nullable String failure,
            @Nullable UpstreamError error,
            Map<String, @Nullable Object> fields)
            implements Poll {}

    /** The task is not finished. */
    record NotReady() implements Poll {}

    /**
     * The poll failed and is repeated.
     *
     * @param kind what it is logged as, once a minute; from a closed set
     * @param pause what the service asked for
     * @param isOfService whether other items would fail likewise
     * @param isError whether somebody has to correct the configuration, or a proxy in between
     * @param sent whether the request was begun to be written
     */
    record Failure(
            String kind, String detail, @Nullable Duration pause, boolean isOfService, boolean isError, boolean sent)
            implements Poll {}

    /** The service has the task's result. */
    static Poll ready(String code) {
        return new Final(LateOutcome.COMPLETED, code, null, null, Map.of());
    }

    /** There will be no result of the task. */
    static Poll permanent(String error) {
        return new Final(LateOutcome.FAILED, null, error, null, Map.of());
    }

    /** A transport error, a 429, a 5xx, or an unreadable answer about a task. */
    static Poll failure(String detail, @Nullable Duration pause, boolean isOfService) {
        return new Failure(isOfService ? "unavailable" : "single", detail, pause, isOfService, false, true);
    }
}
