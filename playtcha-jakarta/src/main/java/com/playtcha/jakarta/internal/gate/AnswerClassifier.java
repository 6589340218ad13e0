package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import org.jspecify.annotations.Nullable;

/** Turns an answer into what is known: the table of contract section 2, without any policy. */
final class AnswerClassifier {
    private AnswerClassifier() {}

    static Verification of(UpstreamResponse answer) {
        if (answer instanceof UpstreamResponse.CallFailure failure) {
            return Verification.because(failure.reason()).build();
        }
        UpstreamResponse.HttpReply reply = (UpstreamResponse.HttpReply) answer;
        Reason reason = reason(reply);
        Verification.Builder facts =
                Verification.because(reason).status(reply.status()).error(reply.error());
        if (reply.success() != null) {
            facts.fields(reply.fields());
        }
        return facts.degraded(reason == Reason.SUCCESS && reply.degraded()).build();
    }

    private static Reason reason(UpstreamResponse.HttpReply reply) {
        int status = reply.status();
        if (status >= 200 && status <= 299) {
            Boolean success = reply.success();
            if (success == null) {
                return Reason.NOT_PLAYTCHA;
            }
            return success ? Reason.SUCCESS : Reason.SUCCESS_FALSE;
        }
        if (status == 429) {
            return Reason.RATE_LIMITED;
        }
        if (status >= 400 && status <= 499) {
            return rejection(reply.error());
        }
        return status >= 500 && status <= 599 ? Reason.SERVER_ERROR : Reason.NOT_PLAYTCHA;
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
