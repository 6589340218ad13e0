package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateState;

/** The next step of an item. Each queue is claimed separately, so that a failing one does not delay the others. */
public enum WorkQueue {
    /** Poll Playtcha for the verdict. */
    ASK,
    /** Poll the service for the task's result. */
    POLL,
    /** Call the handler. */
    DELIVER,
    /** Delete the item after the retention time. */
    DONE;

    /** Returns the queue of an item. */
    public static WorkQueue of(LateKind kind, LateState state) {
        return switch (state) {
            case AWAITING -> kind == LateKind.TASK ? POLL : ASK;
            case READY, DEAD_LETTER -> DELIVER;
            case DELIVERED, EXPIRED, DISCARDED -> DONE;
        };
    }
}
