package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.challenge.Caller;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The injectable {@link Verification} of the current request: the last guard's decision, allowed only if every guard so
 * far allowed the request. The verifications are the servlet request's, shared with its filters, else those of CDI's
 * request context alone. Public for CDI only.
 */
@RequestScoped
@Typed({Verification.class, CurrentVerification.class})
public class CurrentVerification implements Verification {
    @Inject
    @Any
    Instance<ServletAccess> servlets;

    private Caller caller = Caller.UNKNOWN;
    private RequestVerifications verifications = new RequestVerifications();

    /** For CDI. */
    public CurrentVerification() {}

    @PostConstruct
    void init() {
        if (servlets.isResolvable()) {
            caller = servlets.get().currentCaller();
            verifications = RequestVerifications.of(caller);
        }
    }

    public RequestVerifications verifications() {
        return verifications;
    }

    /** Returns who sends the servlet request; nothing is known of another caller. */
    public Caller caller() {
        return caller;
    }

    @Override
    public Outcome getOutcome() {
        return latest().getOutcome();
    }

    @Override
    public Reason getReason() {
        return latest().getReason();
    }

    @Override
    public boolean isAllowed() {
        return latest().isAllowed();
    }

    @Override
    public boolean isDegraded() {
        return latest().isDegraded();
    }

    @Override
    public int getStatus() {
        return latest().getStatus();
    }

    @Override
    public @Nullable UpstreamError getError() {
        return latest().getError();
    }

    @Override
    public @Nullable Duration getRetryAfter() {
        return latest().getRetryAfter();
    }

    @Override
    public Map<String, @Nullable Object> getFields() {
        return latest().getFields();
    }

    @Override
    public @Nullable String getDeferralId() {
        return latest().getDeferralId();
    }

    @Override
    public Duration getDuration() {
        return latest().getDuration();
    }

    private Verification latest() {
        Verification latest = verifications.latest();
        if (latest == null) {
            throw new IllegalStateException("No guard has verified this request, so it has no Verification: map a"
                    + " PlaytchaFilter to its path, set playtcha.url-patterns, or call a method with @PlaytchaProtected"
                    + " first; filters do not guard safe methods such as GET");
        }
        return latest;
    }

    @Override
    public String toString() {
        Verification latest = verifications.latest();
        return latest == null ? "Verification[none: no guard has verified this request]" : latest.toString();
    }
}
