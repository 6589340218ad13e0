package com.playtcha.jakarta.internal.late.engine;

import java.time.Duration;

/** Calls at an interval, and sooner when woken; one call at a time. Thread-safe. */
interface Ticks {

    /** What is called. */
    @FunctionalInterface
    interface Look {
        /**
         * Throws nothing.
         *
         * @param early whether this is for having been woken, not for the interval's end
         */
        void look(boolean early);
    }

    /**
     * Begins. To be called once.
     *
     * @param interval from the end of one call to the next that is not early
     */
    void start(Duration interval, Look look);

    /** Has it call without waiting for the interval's end. Returns at once. */
    void wake();

    /** No call is begun after this. Returns at once; one may be under way still. */
    void stop();

    /**
     * Waits for the end of a thread of its own, if it has one and that is not the calling one.
     *
     * @return whether it has ended, by then
     * @throws InterruptedException when the calling thread is interrupted meanwhile, or was before
     */
    boolean awaitEnd(Duration limit) throws InterruptedException;
}
