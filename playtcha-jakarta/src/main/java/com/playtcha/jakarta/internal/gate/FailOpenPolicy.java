package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.gate.FailOpenTracker.TrackResult;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A guard's policy: what a result without a verdict means for the request (docs/contract.md, section 2). */
record FailOpenPolicy(
        GuardSettings settings,
        Upstream upstream,
        ReplayGuard unverified,
        FailOpenTracker tracker,
        FailOpenBudget budget,
        GuardLog log) {

    /** Whether applying the policy may wait for the store, which a caller of {@code verifyAsync} must not. */
    boolean mayBlock(CallResult result) {
        return settings.get(Setting.LATE_VERDICTS) && result.reason().getOutcome() == Outcome.UNAVAILABLE;
    }

    ImmutableVerification decide(CallResult result, PresentedToken presented, @Nullable FailOpenRecord earlier) {
        Outcome outcome = result.reason().getOutcome();
        return outcome == Outcome.UNAVAILABLE
                ? decideUnavailable(result, presented, earlier)
                : ImmutableVerification.of(result, outcome == Outcome.VERIFIED || outcome == Outcome.EXEMPT);
    }

    private ImmutableVerification decideUnavailable(
            CallResult result, PresentedToken presented, @Nullable FailOpenRecord earlier) {
        if (settings.get(Setting.FAIL_CLOSED) || result.reason() == Reason.INTERRUPTED) {
            return ImmutableVerification.of(result, false);
        }
        Long acquiredAt = budget.tryAcquire();
        if (acquiredAt == null) {
            return denied(result, Reason.FAIL_OPEN_LIMIT);
        }
        String token = presented.value();
        Project project = Objects.requireNonNullElseGet(result.project(), upstream::project);
        String deferralId = earlier == null ? null : earlier.deferralId();
        Reason denial = earlier == null && token != null ? unverified.tryAdd(project, token) : null;
        if (denial == null && token != null && deferralId == null && settings.get(Setting.LATE_VERDICTS)) {
            TrackResult tracked =
                    tracker.track(settings.source(), project.digest(), token, result.duration(), result.sent());
            boolean isOwnRecord = earlier != null && earlier.storeMayHoldIt();
            denial = tracked.repeated() && !isOwnRecord ? Reason.REPEATED_UNVERIFIED : null;
            deferralId = tracked.id();
        }
        if (denial != null) {
            budget.release(acquiredAt);
            return denied(result, denial);
        }
        log.allowedUnverified(result, presented, deferralId);
        return ImmutableVerification.failOpen(result, deferralId);
    }

    private ImmutableVerification denied(CallResult result, Reason reason) {
        log.limited(
                reason == Reason.REPLAY_GUARD_FULL
                        ? "Visitors " + log.denied("are denied") + ", because " + ReplayGuard.CAPACITY
                                + " visitors were allowed unverified within five minutes and no further token can be"
                                + " remembered; set fail-open-per-minute to what visitors need"
                        : "Visitors " + log.denied("are denied") + " instead of allowed unverified",
                reason);
        return ImmutableVerification.denied(result, reason);
    }
}
