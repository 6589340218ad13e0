package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import com.playtcha.jakarta.late.LateOutcome;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Classifies Playtcha's answers to late verdict requests, as the table in contract section 7 says. */
final class Verdicts {
    private static final Duration SHORTEST_WINDOW = Duration.ofSeconds(1);

    private Verdicts() {}

    /** The classified answer. */
    sealed interface Decision {

        /** The item has its outcome. */
        record Final(LateOutcome outcome, @Nullable UpstreamError error, Map<String, @Nullable Object> fields)
                implements Decision {}

        /** Playtcha throttles. */
        record Wait(Duration window, @Nullable UpstreamError error) implements Decision {}

        /** No verdict: Playtcha or the network fails, or another server answers. */
        record Unavailable(
                Reason reason, String why, @Nullable UpstreamError error) implements Decision {

            /** Returns whether another server answered, which is most often a wrong base-url or proxy. */
            boolean isOfAnother() {
                return reason == Reason.NOT_PLAYTCHA || reason == Reason.PROXY;
            }
        }

        /** No verdict until the configuration, or a proxy in between, is corrected. */
        record Misconfigured(String why) implements Decision {

            /** Returns a key for the log throttle, from a closed set. */
            String kind() {
                return isOfSecret(why) ? why : "answer";
            }
        }
    }

    /** Classifies an answer; {@code sentBefore} is true if an earlier attempt had begun to write the request. */
    static Decision of(UpstreamResponse answer, boolean sentBefore) {
        if (answer instanceof UpstreamResponse.CallFailure failure) {
            return new Decision.Unavailable(failure.reason(), failure.reason() + ": " + failure.detail(), null);
        }
        UpstreamResponse.HttpReply reply = (UpstreamResponse.HttpReply) answer;
        int status = reply.status();
        Boolean success = reply.success();
        if (status >= 200 && status <= 299 && success != null) {
            return new Decision.Final(success ? LateOutcome.VERIFIED : LateOutcome.REJECTED, null, reply.fields());
        }
        if (status == 429) {
            Duration asked = reply.retryAfter();
            Duration window = asked == null || asked.compareTo(SHORTEST_WINDOW) < 0 ? SHORTEST_WINDOW : asked;
            return new Decision.Wait(window, reply.error());
        }
        if (status >= 400 && status <= 499) {
            return refusal(status, reply.error(), sentBefore);
        }
        Reason reason = status >= 500 && status <= 599 ? Reason.SERVER_ERROR : Reason.NOT_PLAYTCHA;
        return new Decision.Unavailable(reason, "status " + status, reply.error());
    }

    private static boolean isOfSecret(String code) {
        return code.equals("bad_secret") || code.equals("unknown_project");
    }

    private static Decision refusal(int status, @Nullable UpstreamError error, boolean sentBefore) {
        if (error == null || status == 408 || status == 425) {
            return new Decision.Misconfigured("status " + status + (error == null ? " without an envelope" : ""));
        }
        String code = error.getCode();
        if (code != null && isOfSecret(code)) {
            return new Decision.Misconfigured(code);
        }
        LateOutcome outcome = switch (status) {
            case 409 -> sentBefore ? LateOutcome.UNCONFIRMED : LateOutcome.REJECTED;
            case 410 -> LateOutcome.EXPIRED;
            default -> LateOutcome.REJECTED;
        };
        return new Decision.Final(outcome, error, Map.of());
    }
}
