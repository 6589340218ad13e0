package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A guard's decision: the result of the call, and what the policy made of it. Public, since EL and scripts read it. */
public final class ImmutableVerification implements Verification {
    private final CallResult result;
    private final Reason reason;
    private final boolean allowed;
    private final @Nullable String deferralId;

    private ImmutableVerification(CallResult result, Reason reason, boolean allowed, @Nullable String deferralId) {
        this.result = result;
        this.reason = reason;
        this.allowed = allowed;
        this.deferralId = deferralId;
    }

    public static ImmutableVerification of(CallResult result, boolean allowed) {
        return new ImmutableVerification(result, result.reason(), allowed, null);
    }

    /** Allowed without a verdict; the id is null unless the request is tracked. */
    static ImmutableVerification failOpen(CallResult result, @Nullable String deferralId) {
        return new ImmutableVerification(result, result.reason(), true, deferralId);
    }

    /** Denied for a reason of the policy, which belongs to the outcome of the result. */
    static ImmutableVerification denied(CallResult result, Reason reason) {
        return new ImmutableVerification(result, reason, false, null);
    }

    /** Returns this decision as it stands when other guards of the request have decided too. */
    public ImmutableVerification amongOthers(boolean allAllow, @Nullable String firstDeferralId) {
        String id = deferralId == null && getOutcome() == Outcome.UNAVAILABLE ? firstDeferralId : deferralId;
        return allAllow == allowed && id == deferralId ? this : new ImmutableVerification(result, reason, allAllow, id);
    }

    @Override
    public Outcome getOutcome() {
        return reason.getOutcome();
    }

    @Override
    public Reason getReason() {
        return reason;
    }

    @Override
    public boolean isAllowed() {
        return allowed;
    }

    @Override
    public boolean isDegraded() {
        return result.isDegraded();
    }

    /** Returns whether the token was sent twice by a double click. */
    public boolean isDuplicateSubmission() {
        return result.isDuplicate();
    }

    @Override
    public int getStatus() {
        return result.status();
    }

    @Override
    public @Nullable UpstreamError getError() {
        return result.error();
    }

    @Override
    public @Nullable Duration getRetryAfter() {
        return result.retryAfter();
    }

    @Override
    public Map<String, @Nullable Object> getFields() {
        return result.fields();
    }

    @Override
    public @Nullable String getDeferralId() {
        return deferralId;
    }

    @Override
    public Duration getDuration() {
        return result.duration();
    }

    @Override
    public String toString() {
        return "Verification[" + getOutcome() + ", reason=" + reason.getLabel() + ", allowed=" + allowed + ", degraded="
                + isDegraded() + ", status=" + getStatus() + ", error=" + getError() + "]";
    }
}
