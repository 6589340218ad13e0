package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The injectable {@link Verification} of the current request: the last guard's decision, allowed only if every guard so
 * far allowed the request. Public for CDI only.
 */
@RequestScoped
@Typed(Verification.class)
public class CurrentVerification extends Verification {
    @Inject
    CdiApplication application;

    /** For CDI. */
    public CurrentVerification() {}

    private @Nullable Verification latest() {
        RequestVerifications verifications = application.current();
        return verifications == null ? null : verifications.latest();
    }

    private Verification required() {
        Verification latest = latest();
        if (latest == null) {
            throw new IllegalStateException("No guard has verified this request, so it has no Verification: map a"
                    + " PlaytchaFilter to its path, set playtcha.url-patterns, or call a method with @PlaytchaProtected"
                    + " first; filters do not guard safe methods such as GET");
        }
        return latest;
    }

    @Override
    public Reason getReason() {
        return required().getReason();
    }

    @Override
    public boolean isAllowed() {
        return required().isAllowed();
    }

    @Override
    public boolean isDegraded() {
        return required().isDegraded();
    }

    @Override
    public int getStatus() {
        return required().getStatus();
    }

    @Override
    public @Nullable UpstreamError getError() {
        return required().getError();
    }

    @Override
    public @Nullable Duration getRetryAfter() {
        return required().getRetryAfter();
    }

    @Override
    public Map<String, @Nullable Object> getFields() {
        return required().getFields();
    }

    @Override
    public @Nullable String getDeferralId() {
        return required().getDeferralId();
    }

    @Override
    public Duration getDuration() {
        return required().getDuration();
    }

    @Override
    public String toString() {
        Verification latest = latest();
        return latest == null ? "Verification[none: no guard has verified this request]" : latest.toString();
    }
}
