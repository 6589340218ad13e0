package com.playtcha.jakarta;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result of a verification: the outcome, its reason, whether the request is allowed, and the content of Playtcha's
 * response (contract, sections 2 and 5). Its getters can be used in Expression Language: {@code ${playtcha.outcome}},
 * {@code ${playtcha.degraded}}, {@code ${playtcha.error.code}}. It contains neither the secret nor the token.
 *
 * <p>Immutable, except that the object injected by CDI is a view of the current request's verification.
 *
 * @since 0.1
 */
public class Verification {
    /** Never changed: {@link Builder#build} makes a copy. */
    private final Builder values;

    /** For proxies that delegate every call, such as CDI's. The instance itself is not allowed. */
    protected Verification() {
        this(because(Reason.TOKEN_ABSENT));
    }

    private Verification(Builder values) {
        this.values = values;
    }

    /**
     * Returns a builder of a verification with the given reason and its outcome. The verification is not allowed unless
     * {@link Builder#allowed} is called.
     *
     * @param reason the reason
     * @return a new builder
     * @throws NullPointerException if the reason is null
     */
    public static Builder because(Reason reason) {
        return new Builder(reason);
    }

    /**
     * Returns the outcome.
     *
     * @return the outcome of the reason; never null
     */
    public Outcome getOutcome() {
        return getReason().getOutcome();
    }

    /**
     * Returns the reason of the outcome.
     *
     * @return the reason; never null
     */
    public Reason getReason() {
        return delegate().values.reason;
    }

    /**
     * Returns whether the guard's policy allows the request. In {@code monitor} mode, this is the decision that
     * {@code enforce} mode would have made.
     *
     * @return true if the request is allowed
     */
    public boolean isAllowed() {
        return delegate().values.allowed;
    }

    /**
     * Returns whether Playtcha answered {@code degraded: true}, which signals a usage band and not a failed verification.
     *
     * @return true only for {@link Outcome#VERIFIED}
     */
    public boolean isDegraded() {
        return delegate().values.degraded;
    }

    /**
     * Returns the HTTP status of the response.
     *
     * @return the status; 0 if there was no response or no call
     */
    public int getStatus() {
        return delegate().values.status;
    }

    /**
     * Returns Playtcha's error envelope.
     *
     * @return the envelope as Playtcha sent it, or null if there is none
     */
    public @Nullable UpstreamError getError() {
        return delegate().values.error;
    }

    /**
     * Returns the time to wait before another attempt: for {@link Outcome#THROTTLED}, the rest of the window; for
     * {@link Outcome#OVERLOADED}, one second.
     *
     * @return the duration, or null for every other outcome
     */
    public @Nullable Duration getRetryAfter() {
        return delegate().values.retryAfter;
    }

    /**
     * Returns all members of a 2xx response, including {@code success} and {@code degraded}.
     *
     * @return an unmodifiable map with values as in {@link UpstreamError#getFields()}; empty unless the response was 2xx
     *     with a boolean {@code success}
     */
    public Map<String, @Nullable Object> getFields() {
        return delegate().values.fields;
    }

    /**
     * Returns the id of the late verdict on a request that was allowed without a verdict. The application's
     * {@code LateResultHandler} receives the verdict with this id (contract, section 7).
     *
     * @return the id, or null unless the request was allowed without a verdict and is tracked
     */
    public @Nullable String getDeferralId() {
        return delegate().values.deferralId;
    }

    /**
     * Returns how long the verification took, from the start of the call to Playtcha until its response was read.
     *
     * @return the duration; zero if Playtcha was not called; never null
     */
    public Duration getDuration() {
        return delegate().values.duration;
    }

    /**
     * Returns a copy that is allowed without a verdict.
     *
     * @param deferralId the id of the late verdict; null if the request is not tracked
     * @return a verification that is allowed
     * @throws IllegalStateException if the outcome is not {@link Outcome#UNAVAILABLE}
     */
    public Verification passedUnverified(@Nullable String deferralId) {
        if (getOutcome() != Outcome.UNAVAILABLE) {
            throw new IllegalStateException("only UNAVAILABLE is allowed without a verdict, not " + getOutcome());
        }
        return toBuilder().allowed(true).deferralId(deferralId).build();
    }

    /**
     * Returns a copy with the given decision.
     *
     * @param allowed whether the request is allowed
     * @return a verification; this object if the decision is the same
     */
    public Verification withAllowed(boolean allowed) {
        return allowed == isAllowed() ? this : toBuilder().allowed(allowed).build();
    }

    /**
     * Returns a copy with the given time to wait before another attempt.
     *
     * @param retryAfter the duration, or null for none
     * @return a verification
     */
    public Verification withRetryAfter(@Nullable Duration retryAfter) {
        return toBuilder().retryAfter(retryAfter).build();
    }

    /**
     * Returns a copy that is denied for a reason of the guard's policy.
     *
     * @param reason a reason of the same outcome
     * @return a verification that is not allowed
     * @throws IllegalArgumentException if the reason belongs to another outcome
     */
    public Verification deniedBecause(Reason reason) {
        if (reason.getOutcome() != getOutcome()) {
            throw new IllegalArgumentException(reason + " does not belong to " + getOutcome());
        }
        Builder builder = toBuilder().allowed(false);
        builder.reason = reason;
        return builder.build();
    }

    /**
     * Returns the verification whose values the getters return. A view, such as the object that CDI injects, overrides this.
     *
     * @return this object, or the one that a view shows at the time of the call; never null
     * @throws IllegalStateException if a view has nothing to show
     */
    protected Verification delegate() {
        return this;
    }

    private Builder toBuilder() {
        return new Builder(delegate().values);
    }

    @Override
    public String toString() {
        return "Verification[" + getOutcome() + ", reason=" + getReason() + ", allowed=" + isAllowed() + ", degraded="
                + isDegraded() + ", status=" + getStatus() + ", error=" + getError() + "]";
    }

    /** A builder of {@link Verification}. Not thread-safe. */
    public static final class Builder {
        private Reason reason;
        private boolean allowed;
        private boolean degraded;
        private int status;
        private @Nullable UpstreamError error;
        private @Nullable Duration retryAfter;
        private Map<String, @Nullable Object> fields = Map.of();
        private @Nullable String deferralId;
        private Duration duration = Duration.ZERO;

        private Builder(Reason reason) {
            this.reason = Objects.requireNonNull(reason, "reason");
        }

        private Builder(Builder other) {
            this.reason = other.reason;
            this.allowed = other.allowed;
            this.degraded = other.degraded;
            this.status = other.status;
            this.error = other.error;
            this.retryAfter = other.retryAfter;
            this.fields = other.fields;
            this.deferralId = other.deferralId;
            this.duration = other.duration;
        }

        /**
         * Sets whether the request is allowed.
         *
         * @param value the decision; false by default
         * @return this builder
         */
        public Builder allowed(boolean value) {
            this.allowed = value;
            return this;
        }

        /**
         * Sets whether Playtcha answered {@code degraded: true}.
         *
         * @param value false by default
         * @return this builder
         */
        public Builder degraded(boolean value) {
            this.degraded = value;
            return this;
        }

        /**
         * Sets the HTTP status of the response.
         *
         * @param value the status; 0 for none, which is the default
         * @return this builder
         */
        public Builder status(int value) {
            this.status = value;
            return this;
        }

        /**
         * Sets the error envelope.
         *
         * @param value the envelope; null for none, which is the default
         * @return this builder
         */
        public Builder error(@Nullable UpstreamError value) {
            this.error = value;
            return this;
        }

        /**
         * Sets the time to wait before another attempt.
         *
         * @param value the duration; null for none, which is the default
         * @return this builder
         */
        public Builder retryAfter(@Nullable Duration value) {
            this.retryAfter = value;
            return this;
        }

        /**
         * Sets the members of a 2xx response.
         *
         * @param value the members, which are copied; empty by default
         * @return this builder
         */
        public Builder fields(Map<String, ? extends @Nullable Object> value) {
            this.fields = Collections.unmodifiableMap(new LinkedHashMap<>(value));
            return this;
        }

        /**
         * Sets the id of the late verdict.
         *
         * @param value the id; null for a request that is not tracked, which is the default
         * @return this builder
         */
        public Builder deferralId(@Nullable String value) {
            this.deferralId = value;
            return this;
        }

        /**
         * Sets how long the verification took.
         *
         * @param value the duration, not null and not negative; zero by default
         * @return this builder
         */
        public Builder duration(Duration value) {
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
            return new Verification(new Builder(this));
        }
    }
}
