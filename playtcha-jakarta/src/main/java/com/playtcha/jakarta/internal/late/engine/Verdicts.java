package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.gate.CallResult;
import com.playtcha.jakarta.internal.gate.VerdictClient;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateOutcome;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls Playtcha for late verdicts, and classifies its answers as the table in contract section 7 says. */
final class Verdicts {
    private static final Logger LOG = LoggerFactory.getLogger(Verdicts.class);
    private static final Duration SHORTEST_WINDOW = Duration.ofSeconds(1);
    private static final Set<String> OF_SECRET = Set.of("bad_secret", "unknown_project");

    private Verdicts() {}

    static Poll poll(VerdictClient client, Lease lease) {
        String token = Objects.requireNonNull(lease.token());
        CallResult answer = client.call(token);
        Poll poll = of(answer, lease.sent(), token);
        if (poll instanceof Poll.Final verdict) {
            UpstreamError error = verdict.error();
            String line = "Late verdict: guard={}, outcome={}{}";
            String what = error == null ? "" : ", " + details(answer, token);
            if (verdict.outcome() == LateOutcome.UNCONFIRMED
                    || (error != null && "already_redeemed".equals(error.getCode()))) {
                LOG.warn(line, lease.source(), verdict.outcome(), what);
            } else {
                LOG.info(line, lease.source(), verdict.outcome(), what);
            }
        }
        return poll;
    }

    /** Classifies an answer; {@code sentBefore} is true if an earlier attempt had begun to write the request. */
    static Poll of(CallResult answer, boolean sentBefore, String token) {
        Verification facts = answer.facts();
        String details = details(answer, token);
        Reason reason = facts.getReason();
        int status = facts.getStatus();
        UpstreamError error = facts.getError();
        if (reason == Reason.SUCCESS || reason == Reason.SUCCESS_FALSE) {
            LateOutcome outcome = reason == Reason.SUCCESS ? LateOutcome.VERIFIED : LateOutcome.REJECTED;
            return verdict(outcome, null, facts.getFields());
        }
        if (reason == Reason.RATE_LIMITED) {
            Duration asked = facts.getRetryAfter();
            Duration window = asked == null || asked.compareTo(SHORTEST_WINDOW) < 0 ? SHORTEST_WINDOW : asked;
            return new Poll.Failure("throttled", "Playtcha is throttling, " + details, window, true, false, true);
        }
        if (status < 400 || status > 499) {
            return unavailable(reason, details, sentBefore || answer.sent());
        }
        String code = error == null ? null : error.getCode();
        String ofSecret = code != null && OF_SECRET.contains(code) ? code : null;
        if (error == null || ofSecret != null || status == 408 || status == 425) {
            String kind = ofSecret == null ? "answer" : ofSecret;
            return new Poll.Failure(kind, "the configuration must be corrected, " + details, null, true, true, true);
        }
        LateOutcome outcome = switch (status) {
            case 409 -> sentBefore ? LateOutcome.UNCONFIRMED : LateOutcome.REJECTED;
            case 410 -> LateOutcome.EXPIRED;
            default -> LateOutcome.REJECTED;
        };
        return verdict(outcome, error, Map.of());
    }

    private static Poll verdict(
            LateOutcome outcome, @Nullable UpstreamError error, Map<String, @Nullable Object> fields) {
        return new Poll.Final(outcome, null, null, error, fields);
    }

    /** Another server's answer is most often a wrong base-url or proxy, which affects every request. */
    private static Poll unavailable(Reason reason, String details, boolean sent) {
        boolean isOfAnother = reason == Reason.NOT_PLAYTCHA || reason == Reason.PROXY;
        String advice = isOfAnother ? "the answer is not Playtcha's; check base-url and proxy, " : "";
        String kind = isOfAnother ? reason.toString() : "unavailable";
        return new Poll.Failure(kind, advice + "reason=" + reason + ", " + details, null, true, isOfAnother, sent);
    }

    private static String details(CallResult answer, String token) {
        int status = answer.facts().getStatus();
        UpstreamError error = answer.facts().getError();
        String label = status == 0 ? ", detail=" : ", location=";
        return "status=" + (status == 0 ? "-" : status)
                + ", code=" + LogText.cleanWithout(error == null ? null : error.getCode(), token)
                + ", message=" + LogText.cleanWithout(error == null ? null : error.getMessage(), token)
                + ", request_id=" + LogText.cleanWithout(error == null ? null : error.getRequestId(), token)
                + (answer.detail() == null ? "" : label + LogText.cleanWithout(answer.detail(), token));
    }
}
