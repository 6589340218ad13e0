package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateState;

/** The next step of an item. Each queue is claimed separately, so that a failing one does not delay the others. */
public enum WorkQueue {
    /** Poll Playtcha for the verdict. */
    ASK,
    /** Poll the service for the task's result. */
    POLL,
    /** Call the handler for the first time. */
    DELIVER,
    /** Call the handler again, which failed. Separate, so that new results do not wait behind a backlog of retries. */
    RETRY,
    /** Call the handler again, which did not return in time. */
    HUNG,
    /** Delete the item after the retention time. */
    DONE;

    /** Returns the queue of an item; a dead letter may be in {@link #HUNG} instead. */
    public static WorkQueue of(LateKind kind, LateState state) {
        if (state == LateState.AWAITING) {
            return kind == LateKind.TASK ? POLL : ASK;
        }
        return state == LateState.READY ? DELIVER : state == LateState.DEAD_LETTER ? RETRY : DONE;
    }
}
