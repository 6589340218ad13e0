package com.playtcha.jakarta.late;

import org.jspecify.annotations.Nullable;

/**
 * Receives each transition of an item after it was recorded, for metrics, audits and alerts. It is called outside any
 * transaction on the thread that recorded the transition, so it should return quickly. Exceptions are logged and change
 * nothing. A call is lost if the process dies after the record, and calls of different threads may arrive out of order;
 * {@link LateTasks#find} returns the present state.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface LateListener {

    /**
     * Called when an item changed its state, when its handler failed again, and when a conclusive outcome replaced
     * {@code EXPIRED} or {@code UNCONFIRMED}.
     *
     * @param id the item's id
     * @param kind the item's kind
     * @param from the state before, null for a new item
     * @param to the state now
     * @param outcome the outcome, null while it is awaited
     */
    void onTransition(String id, LateKind kind, @Nullable LateState from, LateState to, @Nullable LateOutcome outcome);

    /**
     * Called when the result of an item arrived again, was acknowledged, and changed nothing. Does nothing by default.
     *
     * @param id the item's id
     * @param kind the item's kind
     * @param outcome the outcome of the result that arrived again
     */
    default void onDuplicate(String id, LateKind kind, LateOutcome outcome) {}

    /**
     * Called when a call of the handler failed or exceeded its time limit, before the transition. A {@link RetryLater} is
     * no failure. Does nothing by default.
     *
     * @param id the item's id
     * @param kind the item's kind
     * @param outcome the outcome of the result that was passed to the handler
     */
    default void onFailure(String id, LateKind kind, LateOutcome outcome) {}
}
