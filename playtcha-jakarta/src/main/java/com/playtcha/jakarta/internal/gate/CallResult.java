package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of one call to Playtcha, or of the decision not to call, before any policy. {@code sent} is true if writing
 * the request had begun, so that Playtcha may have redeemed the token. The detail is for the log and contains no secret:
 * why there is no reply, or the host in a reply's Location header.
 */
public record CallResult(
        Verification facts, boolean sent, @Nullable String detail) {

    /** The decision not to call. */
    static CallResult of(Verification.Builder facts) {
        return new CallResult(facts.build(), false, null);
    }

    /** The lack of a reply. */
    public static CallResult failure(Reason reason, String detail, boolean sent, Duration took) {
        return new CallResult(Verification.because(reason).duration(took).build(), sent, detail);
    }

    /**
     * A reply with its final status, by the table of contract section 2.
     *
     * @param root the members of the body; empty if it cannot be an answer
     * @param retryAfter what a 429 asks for, at least a second and not capped
     * @param location the host in a Location header
     */
    public static CallResult reply(
            int status,
            Map<String, @Nullable Object> root,
            @Nullable Duration retryAfter,
            @Nullable String location,
            Duration took) {
        boolean ok = status / 100 == 2;
        boolean answers = ok && root.get("success") instanceof Boolean;
        @SuppressWarnings("unchecked")
        UpstreamError error = !ok && root.get("error") instanceof Map<?, ?> members
                ? new UpstreamError(status, (Map<String, ?>) members)
                : null;
        Reason reason = switch (status / 100) {
            case 2 ->
                !answers
                        ? Reason.NOT_PLAYTCHA
                        : Boolean.TRUE.equals(root.get("success")) ? Reason.SUCCESS : Reason.SUCCESS_FALSE;
            case 4 -> status == 429 ? Reason.RATE_LIMITED : rejection(error);
            case 5 -> Reason.SERVER_ERROR;
            default -> Reason.NOT_PLAYTCHA;
        };
        Verification facts = Verification.because(reason)
                .status(status)
                .error(error)
                .retryAfter(retryAfter)
                .fields(answers ? root : Map.of())
                .degraded(reason == Reason.SUCCESS && Boolean.TRUE.equals(root.get("degraded")))
                .duration(took)
                .build();
        return new CallResult(facts, true, location);
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
}
