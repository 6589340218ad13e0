package com.playtcha.jakarta.late;

import java.time.Duration;
import java.util.Objects;

/**
 * Thrown by a {@link LateResultHandler} that wants to be called again later, such as after a pause that another service asked
 * for. It is no failure: it is not counted, and does not end the retries. The item is {@link LateState#RETRYING} meanwhile.
 *
 * @since 0.1
 */
public final class RetryLater extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Duration delay;

    /**
     * Creates an exception.
     *
     * @param delay until the next call, which may come up to a few seconds later; positive; one of more than a hundred
     *     years is taken for a hundred years
     * @throws IllegalArgumentException if it is not positive
     */
    public RetryLater(Duration delay) {
        this(delay, "");
    }

    /**
     * Creates an exception with a reason, which is stored with the item.
     *
     * @param delay until the next call, which may come up to a few seconds later; positive; one of more than a hundred
     *     years is taken for a hundred years
     * @param reason for people; without token, result or key
     * @throws IllegalArgumentException if the delay is not positive
     */
    public RetryLater(Duration delay, String reason) {
        super("called again in " + delay.toSeconds() + " s" + (reason.isEmpty() ? "" : ": " + reason));
        if (delay.isNegative() || delay.isZero()) {
            throw new IllegalArgumentException("delay must be positive, not " + delay);
        }
        this.delay = Objects.requireNonNull(delay, "delay");
    }

    /**
     * Returns how long the item waits.
     *
     * @return positive
     */
    public Duration getDelay() {
        return delay;
    }
}
