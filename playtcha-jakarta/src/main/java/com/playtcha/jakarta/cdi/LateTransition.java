package com.playtcha.jakarta.cdi;

import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateState;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The CDI event of a late verdict or task that changed its state, or failed again as a dead letter (contract, section 7):
 *
 * <pre>{@code
 * void alert(@Observes LateTransition transition) { ... }
 * }</pre>
 *
 * <p>The event is fired synchronously on the thread that recorded the change, usually without a request context, so
 * observers should return quickly. An observer's exception is logged and has no effect. Results must be processed in a
 * {@link com.playtcha.jakarta.late.LateResultHandler} and not in an observer, since events are lost if the process ends.
 * Immutable.
 *
 * @since 0.1
 */
public final class LateTransition {
    private final String id;
    private final LateKind kind;
    private final @Nullable LateState from;
    private final LateState to;
    private final @Nullable LateOutcome outcome;

    /**
     * Creates an event.
     *
     * @param id the id of the item
     * @param kind the kind of the item
     * @param from the state before the change; null for a new item
     * @param to the state after the change
     * @param outcome the outcome of the result; null while there is no result
     * @throws NullPointerException if the id, the kind or the new state is null
     */
    public LateTransition(
            String id, LateKind kind, @Nullable LateState from, LateState to, @Nullable LateOutcome outcome) {
        this.id = Objects.requireNonNull(id, "id");
        this.kind = Objects.requireNonNull(kind, "kind");
        this.from = from;
        this.to = Objects.requireNonNull(to, "to");
        this.outcome = outcome;
    }

    /**
     * Returns the id of the item. It may come from a callback and must be escaped for output.
     *
     * @return the id; never null
     */
    public String getId() {
        return id;
    }

    /**
     * Returns the kind of the item.
     *
     * @return the kind; never null
     */
    public LateKind getKind() {
        return kind;
    }

    /**
     * Returns the state before the change.
     *
     * @return the previous state, or null for a new item
     */
    public @Nullable LateState getFrom() {
        return from;
    }

    /**
     * Returns the state after the change.
     *
     * @return the new state; never null
     */
    public LateState getTo() {
        return to;
    }

    /**
     * Returns the outcome of the result.
     *
     * @return the outcome, or null while there is no result
     */
    public @Nullable LateOutcome getOutcome() {
        return outcome;
    }

    /** Returns a description without the id, since a callback may send any text as an id. */
    @Override
    public String toString() {
        return "LateTransition[" + kind + ", " + (from == null ? "new" : from) + " to " + to
                + (outcome == null ? "" : ", " + outcome) + "]";
    }
}
