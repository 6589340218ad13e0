package com.playtcha.jakarta.late;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Selects among items whose handler failed, and spooled items, for {@link DeadLetters}. Immutable: each method returns a
 * copy, and what several of them ask for has to hold together.
 *
 * @since 0.1
 */
public final class DeadLetterFilter {
    private static final DeadLetterFilter ALL = new DeadLetterFilter(Set.of(), Duration.ZERO, null);

    private final Set<LateState> states;
    private final Duration minAge;
    private final @Nullable String error;

    private DeadLetterFilter(Set<LateState> states, Duration minAge, @Nullable String error) {
        this.states = states;
        this.minAge = minAge;
        this.error = error;
    }

    /**
     * Returns the filter that selects all items that are retrying, dead letters, or spooled.
     *
     * @return always the same object
     */
    public static DeadLetterFilter all() {
        return ALL;
    }

    /**
     * Selects items of one state, which are not spooled ones. Further calls add states.
     *
     * @param state {@link LateState#RETRYING} or {@link LateState#DEAD_LETTER}
     * @return a new filter
     * @throws IllegalArgumentException for another state
     */
    public DeadLetterFilter state(LateState state) {
        if (state != LateState.RETRYING && state != LateState.DEAD_LETTER) {
            throw new IllegalArgumentException("state must be RETRYING or DEAD_LETTER, not " + state);
        }
        Set<LateState> more = EnumSet.of(state);
        more.addAll(states);
        return new DeadLetterFilter(more, minAge, error);
    }

    /**
     * Selects items whose handler failed first, or which were spooled, at least this long ago.
     *
     * @param age zero for any, the default; not negative
     * @return a new filter
     * @throws IllegalArgumentException if it is negative
     */
    public DeadLetterFilter olderThan(Duration age) {
        if (age.isNegative()) {
            throw new IllegalArgumentException("age must not be negative: " + age);
        }
        return new DeadLetterFilter(states, age, error);
    }

    /**
     * Selects items whose last error contains a text.
     *
     * @param text compared with upper and lower case; some databases ignore the case
     * @return a new filter
     */
    public DeadLetterFilter errorContaining(String text) {
        return new DeadLetterFilter(states, minAge, Objects.requireNonNull(text, "text"));
    }

    /**
     * Returns the states that are selected.
     *
     * @return empty for all, spooled items included; a copy
     */
    public Set<LateState> getStates() {
        return Set.copyOf(states);
    }

    /**
     * Returns how long ago an item failed first, or was spooled.
     *
     * @return zero for any
     */
    public Duration getMinAge() {
        return minAge;
    }

    /**
     * Returns the text that the last error contains.
     *
     * @return null for any
     */
    public @Nullable String getError() {
        return error;
    }
}
