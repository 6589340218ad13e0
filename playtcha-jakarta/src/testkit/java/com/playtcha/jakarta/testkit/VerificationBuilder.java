package com.playtcha.jakarta.testkit;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Builds verifications for unit tests of code that receives them, such as a {@code VerificationListener}:
 *
 * <pre>{@code
 * listener.onVerification("default", VerificationBuilder.because(Reason.SERVER_ERROR).status(500).allowed(true).build());
 * }</pre>
 *
 * <p>Not thread-safe.
 *
 * @since 0.1
 */
public final class VerificationBuilder {
    private final Reason reason;
    private boolean allowed;
    private boolean degraded;
    private int status;
    private @Nullable UpstreamError error;
    private @Nullable Duration retryAfter;
    private Map<String, @Nullable Object> fields = Map.of();
    private @Nullable String deferralId;
    private Duration duration = Duration.ZERO;

    private VerificationBuilder(Reason reason) {
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /**
     * Returns a builder of a verification with the given reason and its outcome. The verification is not allowed unless
     * {@link #allowed} is called.
     *
     * @param reason the reason
     * @return a new builder
     * @throws NullPointerException if the reason is null
     */
    public static VerificationBuilder because(Reason reason) {
        return new VerificationBuilder(reason);
    }

    /**
     * Sets whether the request is allowed.
     *
     * @param value the decision; false by default
     * @return this builder
     */
    public VerificationBuilder allowed(boolean value) {
        this.allowed = value;
        return this;
    }

    /**
     * Sets whether Playtcha answered {@code degraded: true}.
     *
     * @param value false by default
     * @return this builder
     */
    public VerificationBuilder degraded(boolean value) {
        this.degraded = value;
        return this;
    }

    /**
     * Sets the HTTP status of the response.
     *
     * @param value the status; 0 for none, which is the default
     * @return this builder
     */
    public VerificationBuilder status(int value) {
        this.status = value;
        return this;
    }

    /**
     * Sets the error envelope.
     *
     * @param value the envelope; null for none, which is the default
     * @return this builder
     */
    public VerificationBuilder error(@Nullable UpstreamError value) {
        this.error = value;
        return this;
    }

    /**
     * Sets the time to wait before another attempt.
     *
     * @param value the duration; null for none, which is the default
     * @return this builder
     */
    public VerificationBuilder retryAfter(@Nullable Duration value) {
        this.retryAfter = value;
        return this;
    }

    /**
     * Sets the members of a 2xx response.
     *
     * @param value the members, which are copied; empty by default
     * @return this builder
     */
    public VerificationBuilder fields(Map<String, ? extends @Nullable Object> value) {
        this.fields = Collections.unmodifiableMap(new LinkedHashMap<>(value));
        return this;
    }

    /**
     * Sets the id of the late verdict.
     *
     * @param value the id; null for a request that is not tracked, which is the default
     * @return this builder
     */
    public VerificationBuilder deferralId(@Nullable String value) {
        this.deferralId = value;
        return this;
    }

    /**
     * Sets how long the verification took.
     *
     * @param value the duration, not null and not negative; zero by default
     * @return this builder
     */
    public VerificationBuilder duration(Duration value) {
        this.duration = Objects.requireNonNull(value, "duration");
        return this;
    }

    /**
     * Builds the verification.
     *
     * @return a new verification
     * @throws IllegalStateException if it is degraded and the outcome is not {@link Outcome#VERIFIED}, or if it has a
     *     deferral id and the outcome is not {@link Outcome#UNAVAILABLE}
     */
    public Verification build() {
        if (degraded && reason.getOutcome() != Outcome.VERIFIED) {
            throw new IllegalStateException("degraded is a property of VERIFIED, not of " + reason.getOutcome());
        }
        if (deferralId != null && reason.getOutcome() != Outcome.UNAVAILABLE) {
            throw new IllegalStateException("only UNAVAILABLE is tracked, not " + reason.getOutcome());
        }
        return new BuiltVerification(this);
    }

    /** Its values are copies, since the builder may be used again. */
    private static final class BuiltVerification implements Verification {
        private final Reason reason;
        private final boolean allowed;
        private final boolean degraded;
        private final int status;
        private final @Nullable UpstreamError error;
        private final @Nullable Duration retryAfter;
        private final Map<String, @Nullable Object> fields;
        private final @Nullable String deferralId;
        private final Duration duration;

        BuiltVerification(VerificationBuilder values) {
            this.reason = values.reason;
            this.allowed = values.allowed;
            this.degraded = values.degraded;
            this.status = values.status;
            this.error = values.error;
            this.retryAfter = values.retryAfter;
            this.fields = values.fields;
            this.deferralId = values.deferralId;
            this.duration = values.duration;
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
            return degraded;
        }

        @Override
        public int getStatus() {
            return status;
        }

        @Override
        public @Nullable UpstreamError getError() {
            return error;
        }

        @Override
        public @Nullable Duration getRetryAfter() {
            return retryAfter;
        }

        @Override
        public Map<String, @Nullable Object> getFields() {
            return fields;
        }

        @Override
        public @Nullable String getDeferralId() {
            return deferralId;
        }

        @Override
        public Duration getDuration() {
            return duration;
        }

        @Override
        public String toString() {
            return "Verification[" + getOutcome() + ", reason=" + reason.getLabel() + ", allowed=" + allowed
                    + ", degraded=" + degraded + ", status=" + status + ", error=" + error + "]";
        }
    }
}
