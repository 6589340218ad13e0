package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The result of a call for one token, or of the decision not to call, before any policy. {@code sent} is true if writing
 * the request had begun; {@code beganAt} is the start of the call by the guard's monotonic clock.
 */
public record CallResult(Verification facts, boolean sent, long beganAt) {

    /** Applies the table of contract section 2. */
    static Verification classify(UpstreamResponse response, Duration took) {
        if (response instanceof UpstreamResponse.CallFailure failure) {
            return Verification.because(failure.reason()).duration(took).build();
        }
        UpstreamResponse.HttpReply reply = (UpstreamResponse.HttpReply) response;
        Reason reason = reason(reply);
        Verification.Builder facts = Verification.because(reason)
                .status(reply.status())
                .error(reply.error())
                .duration(took);
        if (reply.success() != null) {
            facts.fields(reply.fields());
        }
        return facts.degraded(reason == Reason.SUCCESS && reply.degraded()).build();
    }

    private static Reason reason(UpstreamResponse.HttpReply reply) {
        Boolean success = reply.success();
        return switch (reply.status() / 100) {
            case 2 -> success == null ? Reason.NOT_PLAYTCHA : success ? Reason.SUCCESS : Reason.SUCCESS_FALSE;
            case 4 -> reply.status() == 429 ? Reason.RATE_LIMITED : rejection(reply.error());
            case 5 -> Reason.SERVER_ERROR;
            default -> Reason.NOT_PLAYTCHA;
        };
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
