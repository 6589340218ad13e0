package com.playtcha.jakarta.testkit;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link ResultServiceStandIn} calls back about a task. Immutable: every method gives a new plan.
 *
 * <pre>{@code
 * CallbackPlan.once();
 * CallbackPlan.lost();
 * CallbackPlan.once().after(Duration.ofSeconds(3)).times(2);
 * CallbackPlan.once().attempts(5, Duration.ofSeconds(10));
 * }</pre>
 *
 * @since 0.1
 */
public final class CallbackPlan {
    final boolean lost;
    final Duration after;
    final int times;
    final int attempts;
    final Duration pause;
    final boolean unheard;
    final boolean bare;
    final @Nullable String code;
    final @Nullable String key;

    private CallbackPlan(Draft draft) {
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
     * One callback at once, and no other whatever is answered.
     *
     * @return a plan
     */
    public static CallbackPlan once() {
        return new CallbackPlan(new Draft());
    }

    /**
     * The service believes that it called back, and nothing arrives.
     *
     * @return a plan
     */
    public static CallbackPlan lost() {
        Draft draft = new Draft();
        draft.lost = true;
        return new CallbackPlan(draft);
    }

    /**
     * Later. Callbacks of several tasks overtake each other by this.
     *
     * @param time not negative
     * @return another plan
     */
    public CallbackPlan after(Duration time) {
        Draft draft = new Draft(this);
        draft.after = notNegative(time);
        return new CallbackPlan(draft);
    }

    /**
     * The same several times over, whatever is answered.
     *
     * @param copies at least 1
     * @return another plan
     */
    public CallbackPlan times(int copies) {
        Draft draft = new Draft(this);
        draft.times = positive(copies);
        return new CallbackPlan(draft);
    }

    /**
     * Tries again while the answer is not 200.
     *
     * @param most at least 1, the first one counted
     * @param between not negative: how long to wait after each
     * @return another plan
     */
    public CallbackPlan attempts(int most, Duration between) {
        Draft draft = new Draft(this);
        draft.attempts = positive(most);
        draft.pause = notNegative(between);
        return new CallbackPlan(draft);
    }

    /**
     * Hangs up after sending, without listening to the answer, and takes that for a failure.
     *
     * @return another plan
     */
    public CallbackPlan unheard() {
        Draft draft = new Draft(this);
        draft.unheard = true;
        return new CallbackPlan(draft);
    }

    /**
     * Says only that there is a result: {@code id} without {@code code}.
     *
     * @return another plan
     */
    public CallbackPlan withoutCode() {
        Draft draft = new Draft(this);
        draft.bare = true;
        draft.code = null;
        return new CallbackPlan(draft);
    }

    /**
     * Another result than the task's own.
     *
     * @param other any text
     * @return another plan
     */
    public CallbackPlan withCode(String other) {
        Draft draft = new Draft(this);
        draft.bare = false;
        draft.code = Objects.requireNonNull(other, "other");
        return new CallbackPlan(draft);
    }

    /**
     * Another key than the configured one.
     *
     * @param other any text
     * @return another plan
     */
    public CallbackPlan withKey(String other) {
        Draft draft = new Draft(this);
        draft.key = Objects.requireNonNull(other, "other");
        return new CallbackPlan(draft);
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

        Draft(CallbackPlan plan) {
            this.lost = plan.lost;
            this.after = plan.after;
            this.times = plan.times;
            this.attempts = plan.attempts;
            this.pause = plan.pause;
            this.unheard = plan.unheard;
            this.bare = plan.bare;
            this.code = plan.code;
            this.key = plan.key;
        }
    }
}
