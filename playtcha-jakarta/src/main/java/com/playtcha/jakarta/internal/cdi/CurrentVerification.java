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
 * The current request's {@link Verification}, wherever it is injected: what its last guard decided, allowed only if
 * every guard so far allowed it. Public for CDI's sake only.
 */
@RequestScoped
@Typed(Verification.class)
public class CurrentVerification extends Verification {
    @Inject
    CdiApplication application;

    /** For CDI. */
    public CurrentVerification() {}

    private Verification now() {
        RequestVerifications verifications = application.current();
        Verification latest = verifications == null ? null : verifications.latest();
        if (latest == null) {
            throw new IllegalStateException("no guard has judged this request, so there is no verification of it: map"
                    + " a PlaytchaFilter to its path, set playtcha.url-patterns, or call a method with"
                    + " @PlaytchaProtected first; safe methods such as GET are not guarded by filters");
        }
        return latest;
    }

    @Override
    public Reason getReason() {
        return now().getReason();
    }

    @Override
    public boolean isAllowed() {
        return now().isAllowed();
    }

    @Override
    public boolean isDegraded() {
        return now().isDegraded();
    }

    @Override
    public int getStatus() {
        return now().getStatus();
    }

    @Override
    public @Nullable UpstreamError getError() {
        return now().getError();
    }

    @Override
    public @Nullable Duration getRetryAfter() {
        return now().getRetryAfter();
    }

    @Override
    public Map<String, @Nullable Object> getFields() {
        return now().getFields();
    }

    @Override
    public @Nullable String getDeferralId() {
        return now().getDeferralId();
    }

    /** Of one moment, where the getters one by one could be of two. */
    @Override
    public Verification withAllowed(boolean allowed) {
        return now().withAllowed(allowed);
    }

    @Override
    public String toString() {
        RequestVerifications verifications = application.current();
        Verification latest = verifications == null ? null : verifications.latest();
        return latest == null ? "Verification[none: no guard has judged this request]" : latest.toString();
    }
}
