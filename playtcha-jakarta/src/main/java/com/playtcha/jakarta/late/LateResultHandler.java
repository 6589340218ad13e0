package com.playtcha.jakarta.late;

/**
 * Handles late results in the application: for a late verdict it confirms or undoes the sign-up
 * that was allowed unverified, for a task it processes the result.
 *
 * <p>The handler is called at least once for each item, and not concurrently for one item as long as each call returns
 * within the time limit of one minute. It is called again if the process dies or the database fails before the call is
 * recorded. It has effect once if it uses {@link LateResult#getId()} as idempotence key or writes through
 * {@link Delivery#unwrap}. An id may be unknown to the application, because a request ended before its id was used or
 * because a callback was forged; the handler should return without effect then.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface LateResultHandler {

    /**
     * Handles one result. The item is delivered when this returns normally. After an exception it is called again later, as
     * setting {@code dead-letter-retry} says; after {@link RetryLater} when that says, and after {@link GiveUp}, or
     * {@code late-max-attempts} failures, not any more. A call that exceeds {@code late-handler-timeout} is interrupted, what
     * it has of the database is aborted, and it counts as failed.
     *
     * @param result the result
     * @param delivery the number of the call and its transaction; valid until the call returns
     * @throws Exception if the result could not be handled; its text is stored with the item, so it should not contain
     *     secrets
     */
    void handle(LateResult result, Delivery delivery) throws Exception;
}
