package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.internal.gate.CallResult;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateOutcome;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The outcome of one poll for the result of an item, of Playtcha or of the service behind {@code poll-url}. */
public sealed interface Poll {

    /**
     * The item has its outcome.
     *
     * @param code a task's result
     * @param failure why there will be no result of a task
     * @param error why Playtcha rejected the token
     * @param detail the error for the log, or empty
     */
    record Final(
            LateOutcome outcome,
            @Nullable String code,
            @Nullable String failure,
            @Nullable UpstreamError error,
            Map<String, @Nullable Object> fields,
            String detail)
            implements Poll {}

    /** The task is not finished. */
    final class NotReady implements Poll {}

    /**
     * The poll failed and is repeated.
     *
     * @param kind what it is logged as, once a minute; from a closed set
     * @param pause what the service requested
     * @param isError whether somebody has to correct the configuration, or a proxy in between
     * @param sent whether the request was begun to be written
     */
    record Failure(String kind, String detail, @Nullable Duration pause, Scope scope, boolean isError, boolean sent)
            implements Poll {}

    /** Which polls a failure tells about. */
    enum Scope {
        /** The item's only. */
        ITEM,
        /** Perhaps others': the service was reached, and failed at this item. */
        REACHED,
        /** All of the service. */
        SERVICE
    }

    /** The service has the task's result. */
    static Poll ready(String code) {
        return new Final(LateOutcome.COMPLETED, code, null, null, Map.of(), "");
    }

    /** There will be no result of the task. */
    static Poll permanent(String error) {
        return new Final(LateOutcome.FAILED, null, error, null, Map.of(), "");
    }

    /** A transport error, a 429, a 5xx, or an unreadable answer about a task. */
    static Poll failure(String detail, @Nullable Duration pause, Scope scope) {
        return new Failure(scope == Scope.ITEM ? "single" : "unavailable", detail, pause, scope, false, true);
    }

    /**
     * Classifies an answer of Playtcha, as the table in contract section 7 says.
     *
     * @param sentBefore whether an earlier attempt had begun to write the request
     */
    static Poll ofVerdict(CallResult answer, boolean sentBefore, String token) {
        String details = details(answer, token);
        Reason reason = answer.reason();
        int status = answer.status();
        UpstreamError error = answer.error();
        if (reason == Reason.SUCCESS || reason == Reason.SUCCESS_FALSE) {
            LateOutcome outcome = reason == Reason.SUCCESS ? LateOutcome.VERIFIED : LateOutcome.REJECTED;
            return new Final(outcome, null, null, null, answer.fields(), "");
        }
        if (reason == Reason.RATE_LIMITED) {
            Duration requested = answer.retryAfter();
            Duration shortest = Duration.ofSeconds(1);
            Duration window = requested == null || requested.compareTo(shortest) < 0 ? shortest : requested;
            return new Failure("throttled", "Playtcha is throttling, " + details, window, Scope.SERVICE, false, true);
        }
        if (status < 400 || status > 499) {
            return unavailable(answer, details, sentBefore);
        }
        boolean isOfSecret = reason == Reason.BAD_SECRET || reason == Reason.UNKNOWN_PROJECT;
        if (error == null || isOfSecret || status == 408 || status == 425) {
            String kind = isOfSecret ? reason.getLabel() : "answer";
            return new Failure(
                    kind, "the configuration must be corrected, " + details, null, Scope.SERVICE, true, true);
        }
        LateOutcome outcome = switch (status) {
            case 409 -> sentBefore ? LateOutcome.UNCONFIRMED : LateOutcome.REJECTED;
            case 410 -> LateOutcome.EXPIRED;
            default -> LateOutcome.REJECTED;
        };
        return new Final(outcome, null, null, error, Map.of(), ", " + details);
    }

    /**
     * Another server's answer is most often a wrong base-url or proxy, which affects every request. Playtcha's errors, and
     * its silence once it was reached, may be about this token only, and must not delay the verdicts of others.
     */
    private static Poll unavailable(CallResult answer, String details, boolean sentBefore) {
        Reason reason = answer.reason();
        boolean isOfAnother = reason == Reason.NOT_PLAYTCHA || reason == Reason.PROXY;
        String advice = isOfAnother ? "the answer is not Playtcha's; check base-url and proxy, " : "";
        String kind = isOfAnother ? reason.getLabel() : "unavailable";
        Scope scope = answer.sent() && !isOfAnother ? Scope.REACHED : Scope.SERVICE;
        return new Failure(
                kind,
                advice + "reason=" + reason.getLabel() + ", " + details,
                null,
                scope,
                isOfAnother,
                sentBefore || answer.sent());
    }

    private static String details(CallResult answer, String token) {
        int status = answer.status();
        UpstreamError error = answer.error();
        String label = status == 0 ? ", detail=" : ", location=";
        return "status=" + (status == 0 ? "-" : status)
                + ", code=" + LogText.sanitizeAndMask(error == null ? null : error.getCode(), token)
                + ", message=" + LogText.sanitizeAndMask(error == null ? null : error.getMessage(), token)
                + ", request_id=" + LogText.sanitizeAndMask(error == null ? null : error.getRequestId(), token)
                + (answer.detail() == null ? "" : label + LogText.sanitizeAndMask(answer.detail(), token));
    }
}
