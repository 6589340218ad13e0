package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The result of one call to Playtcha: a response with a final status, or the failure to get one. */
public sealed interface UpstreamResult extends CallResult {
    @Override
    Project project();

    /** A response, classified by the table of docs/contract.md, section 2; {@link #of} does that. */
    record Answer(
            Reason reason,
            int status,
            @Nullable UpstreamError error,
            Map<String, @Nullable Object> fields,
            @Nullable Duration retryAfter,
            @Nullable String detail,
            Duration duration,
            Project project,
            boolean isDuplicate)
            implements UpstreamResult {
        /**
         * Classifies a response.
         *
         * @param members the members of the body, deeply unmodifiable; empty if it cannot be an answer
         * @param retryAfter what a 429 asks for, at least a second and not capped
         * @param location the host in a Location header
         */
        public static Answer of(
                int status,
                Map<String, @Nullable Object> members,
                @Nullable Duration retryAfter,
                @Nullable String location,
                Duration duration,
                Project project) {
            boolean ok = status / 100 == 2;
            boolean answers = ok && members.get("success") instanceof Boolean;
            @SuppressWarnings("unchecked")
            UpstreamError error = !ok && members.get("error") instanceof Map<?, ?> envelope
                    ? new UpstreamError(status, (Map<String, ?>) envelope)
                    : null;
            Reason reason = switch (status / 100) {
                case 2 ->
                    !answers
                            ? Reason.NOT_PLAYTCHA
                            : Boolean.TRUE.equals(members.get("success")) ? Reason.SUCCESS : Reason.SUCCESS_FALSE;
                case 4 -> status == 429 ? Reason.RATE_LIMITED : rejection(error);
                case 5 -> Reason.SERVER_ERROR;
                default -> Reason.NOT_PLAYTCHA;
            };
            return new Answer(
                    reason,
                    status,
                    error,
                    answers ? members : Map.of(),
                    retryAfter,
                    location,
                    duration,
                    project,
                    false);
        }

        private static Reason rejection(@Nullable UpstreamError error) {
            if (error == null) {
                return Reason.NO_ENVELOPE;
            }
            String code = error.getCode();
            return switch (code == null ? "" : code) {
                case "token_invalid" -> Reason.TOKEN_INVALID;
                case "bad_secret" -> Reason.BAD_SECRET;
                case "unknown_project" -> Reason.UNKNOWN_PROJECT;
                case "already_redeemed" -> Reason.ALREADY_REDEEMED;
                case "token_expired" -> Reason.TOKEN_EXPIRED;
                default -> Reason.REFUSED;
            };
        }

        Answer asDuplicate() {
            return new Answer(reason, status, error, fields, retryAfter, detail, duration, project, true);
        }

        Answer withRetryAfter(Duration value) {
            return new Answer(reason, status, error, fields, value, detail, duration, project, isDuplicate);
        }

        @Override
        public boolean sent() {
            return true;
        }
    }

    /** The lack of a response. The detail is for the log and contains no secret. */
    record Failure(Reason reason, String detail, boolean sent, Duration duration, Project project)
            implements UpstreamResult {
        @Override
        public @Nullable Duration retryAfter() {
            return reason.getOutcome() == Outcome.OVERLOADED ? Decided.ONE_SECOND : null;
        }
    }
}
