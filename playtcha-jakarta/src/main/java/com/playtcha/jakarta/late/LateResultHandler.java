package com.playtcha.jakarta.late;

/**
 * What the application does with a result that came late (contract, section 7): it finds the sign-up it let in
 * unverified and keeps or undoes it, or takes a task's result.
 *
 * <p>Called at least once for each item, never twice at the same time for one item as long as each call ends within the
 * engine's time limit for handlers; a process that dies, or a database that goes away while the call is recorded, makes
 * it be called again. It has effect once if it keys on {@link LateResult#getId()}, or if it writes through the
 * transaction it is handed ({@link Delivery#unwrap}). It may be called with an id that the application does not know:
 * one that was made as a request ran out of time, or that a callback invented. Such a call should return without effect.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface LateResultHandler {

    /**
     * Takes one result. Returning normally ends the item; throwing makes it a dead letter, which is handed over again
     * later. A call that takes longer than the time limit is interrupted and counts as failed.
     *
     * @param result what came of the item
     * @param delivery this call: how many came before it, and the transaction it is part of
     * @throws Exception for whatever kept the result from being taken; its text is kept with the dead letter, so it should
     *     not carry secrets
     */
    void handle(LateResult result, Delivery delivery) throws Exception;
}
