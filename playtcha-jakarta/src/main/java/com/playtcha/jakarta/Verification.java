package com.playtcha.jakarta;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known after a token was, or was not, verified: the outcome, why, whether the request may go on, and what
 * Playtcha said (contract, sections 2 and 5). A bean for Expression Language too: {@code ${playtcha.outcome}},
 * {@code ${playtcha.degraded}}, {@code ${playtcha.error.code}}. Never holds the secret or the token.
 *
 * <p>Immutable, with one exception: what CDI injects shows the current request's, whichever that is.
 *
 * @since 0.1
 */
public class Verification {
    private final Reason reason;
    private final boolean allowed;
    private final boolean degraded;
    private final int status;
    private final @Nullable UpstreamError error;
    private final @Nullable Duration retryAfter;
    private final Map<String, @Nullable Object> fields;
    private final @Nullable String deferralId;

    /** For proxies, such as CDI's, which answer every call with another verification. By itself it allows nothing. */
    protected Verification() {
        this(because(Reason.TOKEN_ABSENT));
    }

    private Verification(Builder builder) {
        this.reason = builder.reason;
        this.allowed = builder.allowed;
        this.degraded = builder.degraded;
        this.status = builder.status;
        this.error = builder.error;
        this.retryAfter = builder.retryAfter;
        this.fields = builder.fields;
        this.deferralId = builder.deferralId;
    }

    /**
     * Starts a verification that ended for this reason, not allowed until {@link Builder#allowed} says so.
     *
     * @param reason why; decides the outcome
     * @return a builder
     */
    public static Builder because(Reason reason) {
        return new Builder(reason);
    }

    /**
     * What came of it.
     *
     * @return never null
     */
    public Outcome getOutcome() {
        return getReason().getOutcome();
    }

    /**
     * Why.
     *
     * @return never null
     */
    public Reason getReason() {
        return reason;
    }

    /**
     * Whether the guard's policy lets the request go on. In {@code monitor} mode, what {@code enforce} would have said.
     *
     * @return false when the request is, or would be, denied
     */
    public boolean isAllowed() {
        return allowed;
    }

    /**
     * Whether Playtcha signalled {@code degraded: true}: a usage band, never a failed check of the human.
     *
     * @return true only with {@link Outcome#VERIFIED}
     */
    public boolean isDegraded() {
        return degraded;
    }

    /**
     * The HTTP status Playtcha answered with.
     *
     * @return 0 when no answer was had, or none was asked for
     */
    public int getStatus() {
        return status;
    }

    /**
     * Playtcha's error envelope.
     *
     * @return null when the answer had none, or none was asked for: it is never invented
     */
    public @Nullable UpstreamError getError() {
        return error;
    }

    /**
     * How long not to ask again: of {@link Outcome#THROTTLED}, what is left of the window; of
     * {@link Outcome#OVERLOADED}, one second.
     *
     * @return null for every other outcome
     */
    public @Nullable Duration getRetryAfter() {
        return retryAfter;
    }

    /**
     * All members of a 2xx answer, {@code success} and {@code degraded} included.
     *
     * @return unmodifiable; empty unless Playtcha answered 2xx with a boolean {@code success}; values as in
     *     {@link UpstreamError#getFields()}
     */
    public Map<String, @Nullable Object> getFields() {
        return fields;
    }

    /**
     * Under which id the application will hear of the late verdict on a request that was let through unverified: the id
     * that its {@code LateResultHandler} gets (contract, section 7).
     *
     * @return null unless the request was let through unverified and is tracked
     */
    public @Nullable String getDeferralId() {
        return deferralId;
    }

    /**
     * The same, let through unverified.
     *
     * @param deferralId under which it is tracked; null where it is not
     * @return a verification that is allowed
     * @throws IllegalStateException unless the outcome is {@link Outcome#UNAVAILABLE}
     */
    public Verification passedUnverified(@Nullable String deferralId) {
        if (getOutcome() != Outcome.UNAVAILABLE) {
            throw new IllegalStateException("only UNAVAILABLE is let through unverified, not " + getOutcome());
        }
        return toBuilder().allowed(true).deferralId(deferralId).build();
    }

    /**
     * The same, with another word on whether the request may go on.
     *
     * @param allowed whether it may
     * @return this, where nothing changes
     */
    public Verification withAllowed(boolean allowed) {
        return allowed == isAllowed() ? this : toBuilder().allowed(allowed).build();
    }

    /**
     * The same, with another bound on when to ask again.
     *
     * @param retryAfter null for none
     * @return a verification
     */
    public Verification withRetryAfter(@Nullable Duration retryAfter) {
        return toBuilder().retryAfter(retryAfter).build();
    }

    /**
     * The same answer of Playtcha's, denied for a reason of the guard's own policy.
     *
     * @param reason of the same outcome
     * @return a verification that is not allowed
     * @throws IllegalArgumentException when the reason belongs to another outcome
     */
    public Verification deniedBecause(Reason reason) {
        if (reason.getOutcome() != getOutcome()) {
            throw new IllegalArgumentException(reason + " does not belong to " + getOutcome());
        }
        Builder builder = toBuilder().allowed(false);
        builder.reason = reason;
        return builder.build();
    }

    /** By the getters, which a proxy overrides. */
    private Builder toBuilder() {
        Builder builder = new Builder(getReason());
        builder.allowed = isAllowed();
        builder.degraded = isDegraded();
        builder.status = getStatus();
        builder.error = getError();
        builder.retryAfter = getRetryAfter();
        builder.fields = getFields();
        builder.deferralId = getDeferralId();
        return builder;
    }

    @Override
    public String toString() {
        return "Verification[" + getOutcome() + ", reason=" + getReason() + ", allowed=" + isAllowed() + ", degraded="
                + isDegraded() + ", status=" + getStatus() + ", error=" + getError() + "]";
    }

    /** Collects the parts of a {@link Verification}. Not thread-safe. */
    public static final class Builder {
        private Reason reason;
        private boolean allowed;
        private boolean degraded;
        private int status;
        private @Nullable UpstreamError error;
        private @Nullable Duration retryAfter;
        private Map<String, @Nullable Object> fields = Map.of();
        private @Nullable String deferralId;

        private Builder(Reason reason) {
            this.reason = Objects.requireNonNull(reason, "reason");
        }

        /**
         * Sets whether the request may go on.
         *
         * @param value false by default
         * @return this
         */
        public Builder allowed(boolean value) {
            this.allowed = value;
            return this;
        }

        /**
         * Sets whether Playtcha signalled {@code degraded: true}.
         *
         * @param value false by default
         * @return this
         */
        public Builder degraded(boolean value) {
            this.degraded = value;
            return this;
        }

        /**
         * Sets the HTTP status of the answer.
         *
         * @param value 0 for none, the default
         * @return this
         */
        public Builder status(int value) {
            this.status = value;
            return this;
        }

        /**
         * Sets the error envelope.
         *
         * @param value null for none, the default
         * @return this
         */
        public Builder error(@Nullable UpstreamError value) {
            this.error = value;
            return this;
        }

        /**
         * Sets how long not to ask again.
         *
         * @param value null for no such bound, the default
         * @return this
         */
        public Builder retryAfter(@Nullable Duration value) {
            this.retryAfter = value;
            return this;
        }

        /**
         * Sets the members of a 2xx answer.
         *
         * @param value copied
         * @return this
         */
        public Builder fields(Map<String, ? extends @Nullable Object> value) {
            this.fields = Collections.unmodifiableMap(new LinkedHashMap<>(value));
            return this;
        }

        /**
         * Sets under which id the late verdict will be told.
         *
         * @param value null where nothing is tracked, the default
         * @return this
         */
        public Builder deferralId(@Nullable String value) {
            this.deferralId = value;
            return this;
        }

        /**
         * Makes the verification.
         *
         * @return immutable
         * @throws IllegalStateException for a degraded one that is not {@link Outcome#VERIFIED}, and for one with a
         *     deferral id that is not {@link Outcome#UNAVAILABLE}
         */
        public Verification build() {
            if (degraded && reason.getOutcome() != Outcome.VERIFIED) {
                throw new IllegalStateException("degraded is a property of VERIFIED, not of " + reason.getOutcome());
            }
            if (deferralId != null && reason.getOutcome() != Outcome.UNAVAILABLE) {
                throw new IllegalStateException("only UNAVAILABLE is tracked, not " + reason.getOutcome());
            }
            return new Verification(this);
        }
    }
}
