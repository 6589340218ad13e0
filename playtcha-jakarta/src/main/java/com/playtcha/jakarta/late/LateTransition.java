package com.playtcha.jakarta.late;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The event of a late verdict or task that changed its state, or failed again as a dead letter. It is fired by CDI, and
 * published as an application event by Spring:
 *
 * <pre>{@code
 * void alert(@Observes LateTransition transition) { ... }
 * }</pre>
 *
 * <p>The event is fired synchronously on the thread that recorded the change, usually without a request context, so
 * observers should return quickly. An observer's exception is logged and has no effect. Results must be processed in a
 * {@link LateResultHandler} and not in an observer, since events are lost if the process ends.
 *
 * @param id the id of the item, which may come from a callback and must be escaped for output; never null
 * @param kind the kind of the item; never null
 * @param from the state before the change; null for a new item
 * @param to the state after the change; never null
 * @param outcome the outcome of the result; null while there is no result
 * @since 0.1
 */
public record LateTransition(
        String id,
        LateKind kind,
        @Nullable LateState from,
        LateState to,
        @Nullable LateOutcome outcome) {

    /**
     * Creates an event.
     *
     * @throws NullPointerException if the id, the kind or the new state is null
     */
    public LateTransition {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(to, "to");
    }

    /** Returns a description without the id, since a callback may send any text as an id. */
    @Override
    public String toString() {
        return "LateTransition[" + kind + ", " + (from == null ? "new" : from) + " to " + to
                + (outcome == null ? "" : ", " + outcome) + "]";
    }
}
