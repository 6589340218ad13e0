package com.playtcha.jakarta.late;

import org.jspecify.annotations.Nullable;

/**
 * Hears of each transition of an item, after it was recorded: for metrics, audits and alerts. Called on the thread that
 * recorded it, outside any transaction; be quick. What it throws is logged and changes nothing. A process that dies
 * between the record and the call leaves the call out, and two threads that record one after the other may be heard in
 * the other order: {@link LateTasks#find} tells how it is.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface LateListener {

    /**
     * An item changed its state, stayed a dead letter after one more failure, or stayed ready with an outcome that says
     * more than the one before.
     *
     * @param id of the item
     * @param kind of the item
     * @param from null for a new item
     * @param to what it is now
     * @param outcome what came of it; null while awaited
     */
    void onTransition(String id, LateKind kind, @Nullable LateState from, LateState to, @Nullable LateOutcome outcome);
}
