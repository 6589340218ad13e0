package com.playtcha.jakarta;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The result of a verification: the outcome, its reason, whether the request is allowed, and the content of Playtcha's
 * response. Its getters can be used in Expression Language: {@code ${playtcha.outcome}}, {@code ${playtcha.degraded}},
 * {@code ${playtcha.error.code}}. It contains neither the secret nor the token.
 *
 * <p>Immutable, except that the object injected by CDI is a view of the current request's verification. Made by this
 * library only, and by {@code VerificationBuilder} of its test kit: later versions may add methods.
 *
 * @since 0.1
 */
public interface Verification {

    /**
     * Returns the verification of a request that a guard has decided on, from the request's attributes:
     * {@code Verification.from(request::getAttribute)} in a servlet, {@code Verification.from(context::getProperty)} in a
     * filter of Jakarta REST.
     *
     * @param attributes returns the value of a request attribute by its name, null if there is none
     * @return the last guard's decision, allowed only if every guard so far allowed the request; empty if no guard has
     *     decided, which is so for safe methods such as GET
     */
    static Optional<Verification> from(Function<String, ? extends @Nullable Object> attributes) {
        return attributes.apply(PlaytchaAttributes.RESULT) instanceof Verification found
                ? Optional.of(found)
                : Optional.empty();
    }

    /**
     * Returns the outcome.
     *
     * @return the outcome of the reason; never null
     */
    Outcome getOutcome();

    /**
     * Returns the reason of the outcome.
     *
     * @return the reason; never null
     */
    Reason getReason();

    /**
     * Returns whether the guard's policy allows the request. In {@code monitor} mode, this is the decision that
     * {@code enforce} mode would have made.
     *
     * @return true if the request is allowed
     */
    boolean isAllowed();

    /**
     * Returns whether Playtcha answered {@code degraded: true}, which signals a usage band and not a failed verification.
     *
     * @return true only for {@link Outcome#VERIFIED}
     */
    boolean isDegraded();

    /**
     * Returns the HTTP status of the response.
     *
     * @return the status; 0 if there was no response or no call
     */
    int getStatus();

    /**
     * Returns Playtcha's error envelope.
     *
     * @return the envelope as Playtcha sent it, or null if there is none
     */
    @Nullable
    UpstreamError getError();

    /**
     * Returns the time to wait before another attempt: for {@link Outcome#THROTTLED}, the rest of the window; for
     * {@link Outcome#OVERLOADED}, one second.
     *
     * @return the duration, or null for every other outcome
     */
    @Nullable
    Duration getRetryAfter();

    /**
     * Returns all members of a 2xx response, including {@code success} and {@code degraded}.
     *
     * @return a map with values as in {@link UpstreamError#getFields()}, unmodifiable with the lists and maps in it; empty
     *     unless the response was 2xx with a boolean {@code success}
     */
    Map<String, @Nullable Object> getFields();

    /**
     * Returns the id of the late verdict on a request that was allowed without a verdict. The application's
     * {@code LateResultHandler} receives the verdict with this id.
     *
     * @return the id, or null unless the request was allowed without a verdict and is tracked
     */
    @Nullable
    String getDeferralId();

    /**
     * Returns how long the verification took, from the start of the call to Playtcha until its response was read.
     *
     * @return the duration; zero if Playtcha was not called; never null
     */
    Duration getDuration();
}
