package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateState;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** The next step of an item. Each queue is claimed separately, so that a failing one does not delay the others. */
public enum WorkQueue {
    /** Poll Playtcha for the verdict. */
    VERDICT_POLL("ASK"),
    /** Poll the service for the task's result. */
    TASK_POLL("POLL"),
    /** Call the handler for the first time. */
    DELIVER("DELIVER"),
    /** Call the handler again, which failed. Separate, so that new results do not wait behind a backlog of retries. */
    RETRY("RETRY"),
    /** Call the handler again, which did not return in time. */
    HUNG("HUNG"),
    /** Wait until an operator retries or discards the item. */
    DEAD("DEAD"),
    /** Delete the item after the retention time. */
    DONE("DONE");

    /** The queues of items whose result is awaited. */
    public static final Set<WorkQueue> AWAITED = Collections.unmodifiableSet(EnumSet.of(VERDICT_POLL, TASK_POLL));
    /** The queues from which items are claimed. */
    public static final Set<WorkQueue> CLAIMED = Collections.unmodifiableSet(EnumSet.range(VERDICT_POLL, HUNG));

    private final String code;

    WorkQueue(String code) {
        this.code = code;
    }

    /** Returns the name in the tables, which nodes of other versions read too. */
    public String code() {
        return code;
    }

    /** Returns the queue of an item; one that is retrying may be in {@link #HUNG} instead. */
    public static WorkQueue of(LateKind kind, LateState state) {
        return switch (state) {
            case AWAITING -> kind == LateKind.TASK ? TASK_POLL : VERDICT_POLL;
            case READY -> DELIVER;
            case RETRYING -> RETRY;
            case DEAD_LETTER -> DEAD;
            default -> DONE;
        };
    }
}
