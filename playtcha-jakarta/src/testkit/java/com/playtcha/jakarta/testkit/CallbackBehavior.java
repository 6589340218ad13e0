package com.playtcha.jakarta.testkit;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link ResultServiceStandIn} calls back for a task. Immutable: every method returns a new behavior.
 *
 * <pre>{@code
 * CallbackBehavior.once();
 * CallbackBehavior.lost();
 * CallbackBehavior.once().after(Duration.ofSeconds(3)).times(2);
 * CallbackBehavior.once().attempts(5, Duration.ofSeconds(10));
 * }</pre>
 *
 * @since 0.1
 */
public final class CallbackBehavior {
    final boolean lost;
    final Duration after;
    final int times;
    final int attempts;
    final Duration pause;
    final boolean unheard;
    final boolean bare;
    final @Nullable String code;
    final @Nullable String key;

    private CallbackBehavior(Draft draft) {
        this.lost = draft.lost;
        this.after = draft.after;
        this.times = draft.times;
        this.attempts = draft.attempts;
        this.pause = draft.pause;
        this.unheard = draft.unheard;
        this.bare = draft.bare;
        this.code = draft.code;
        this.key = draft.key;
    }

    /**
     * Returns a behavior that sends one callback at once and does not repeat it, whatever the answer.
     *
     * @return a behavior
     */
    public static CallbackBehavior once() {
        return new CallbackBehavior(new Draft());
    }

    /**
     * Returns a behavior that records a callback without sending it, as if it were lost on the way.
     *
     * @return a behavior
     */
    public static CallbackBehavior lost() {
        Draft draft = new Draft();
        draft.lost = true;
        return new CallbackBehavior(draft);
    }

    /**
     * Delays the callback, so that callbacks of several tasks can overtake each other.
     *
     * @param time not negative
     * @return another behavior
     */
    public CallbackBehavior after(Duration time) {
        Draft draft = new Draft(this);
        draft.after = notNegative(time);
        return new CallbackBehavior(draft);
    }

    /**
     * Sends the callback several times, whatever the answers.
     *
     * @param copies at least 1
     * @return another behavior
     */
    public CallbackBehavior times(int copies) {
        Draft draft = new Draft(this);
        draft.times = positive(copies);
        return new CallbackBehavior(draft);
    }

    /**
     * Repeats the callback while the answer is not 200.
     *
     * @param most at least 1, the first one counted
     * @param between not negative: how long to wait after each
     * @return another behavior
     */
    public CallbackBehavior attempts(int most, Duration between) {
        Draft draft = new Draft(this);
        draft.attempts = positive(most);
        draft.pause = notNegative(between);
        return new CallbackBehavior(draft);
    }

    /**
     * Closes the connection after sending, without reading the answer, and records a failure.
     *
     * @return another behavior
     */
    public CallbackBehavior unheard() {
        Draft draft = new Draft(this);
        draft.unheard = true;
        return new CallbackBehavior(draft);
    }

    /**
     * Sends the {@code id} without the {@code code}.
     *
     * @return another behavior
     */
    public CallbackBehavior withoutCode() {
        Draft draft = new Draft(this);
        draft.bare = true;
        draft.code = null;
        return new CallbackBehavior(draft);
    }

    /**
     * Sends a result other than the task's own.
     *
     * @param other any text
     * @return another behavior
     */
    public CallbackBehavior withCode(String other) {
        Draft draft = new Draft(this);
        draft.bare = false;
        draft.code = Objects.requireNonNull(other, "other");
        return new CallbackBehavior(draft);
    }

    /**
     * Sends a key other than the configured one.
     *
     * @param other any text
     * @return another behavior
     */
    public CallbackBehavior withKey(String other) {
        Draft draft = new Draft(this);
        draft.key = Objects.requireNonNull(other, "other");
        return new CallbackBehavior(draft);
    }

    private static Duration notNegative(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("negative: " + time);
        }
        return time;
    }

    private static int positive(int number) {
        if (number < 1) {
            throw new IllegalArgumentException("less than 1: " + number);
        }
        return number;
    }

    private static final class Draft {
        private boolean lost;
        private Duration after = Duration.ZERO;
        private int times = 1;
        private int attempts = 1;
        private Duration pause = Duration.ZERO;
        private boolean unheard;
        private boolean bare;
        private @Nullable String code;
        private @Nullable String key;

        Draft() {}

        Draft(CallbackBehavior behavior) {
            this.lost = behavior.lost;
            this.after = behavior.after;
            this.times = behavior.times;
            this.attempts = behavior.attempts;
            this.pause = behavior.pause;
            this.unheard = behavior.unheard;
            this.bare = behavior.bare;
            this.code = behavior.code;
            this.key = behavior.key;
        }
    }
}
