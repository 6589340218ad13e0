package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateState;

/** What is to be done next with an item; each is claimed apart, so that none waits for another's trouble. */
public enum WorkQueue {
    /** Ask Playtcha for the verdict. */
    ASK,
    /** Poll the service for the task's result. */
    POLL,
    /** Call the handler. */
    DELIVER,
    /** Nothing but to forget the item once its time has passed. */
    DONE;

    /** The lane an item is in. */
    public static WorkQueue of(LateKind kind, LateState state) {
        return switch (state) {
            case AWAITING -> kind == LateKind.TASK ? POLL : ASK;
            case READY, DEAD_LETTER -> DELIVER;
            case DELIVERED, EXPIRED, DISCARDED -> DONE;
        };
    }
}
