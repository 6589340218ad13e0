package com.playtcha.jakarta.late;

import java.time.Duration;
import java.util.Map;

/**
 * Gauges and counters of late results, for a page, a metric or an alert. Each getter returns the
 * present value without a query. Thread-safe.
 *
 * <p>Values about the store include all nodes that share it. {@link #getTimeSinceCount} says how long ago they were
 * counted, which is at most about a minute while the store works. A number of items of 100,000 means that many or more,
 * since larger ones are not counted further. All other values are about this node.
 *
 * <p>Four values deserve an alert: {@link #getDeadLetters} above zero, because somebody has to look at them; {@link
 * #getOldestRetryingAge} above an hour, because the handler keeps failing for some items, or postponing them; {@link #getOverdue} above
 * five minutes, because results are not delivered; and {@link #getTimeSinceCount} above five minutes, because the store
 * is down or the engine is stuck.
 *
 * @since 0.1
 */
public interface LateMetrics {

    /**
     * Returns the sum of {@link #getAwaiting} and {@link #getReady}.
     *
     * @return 0 or more
     */
    long getPending();

    /**
     * Returns the number of items in the store whose result is not known yet.
     *
     * @return 0 or more
     */
    long getAwaiting();

    /**
     * Returns the number of items in the store whose result is known and whose handler has not been called yet. It
     * grows where the handler is too slow.
     *
     * @return 0 or more
     */
    long getReady();

    /**
     * Returns the number of items in the store whose handler failed, or asked for a later call, and is called again.
     *
     * @return 0 or more
     */
    long getRetrying();

    /**
     * Returns the time since the handler first failed for one of the items that are retried, or asked for a later call.
     *
     * @return zero where no item is retried
     */
    Duration getOldestRetryingAge();

    /**
     * Returns the number of dead letters, which are items in the store that the handler gave up, or for which it failed
     * too often. They wait until an operator retries or discards them. Spooled items are not included.
     *
     * @return 0 or more
     */
    long getDeadLetters();

    /**
     * Returns the time since the oldest dead letter became one.
     *
     * @return zero where there is no dead letter
     */
    Duration getOldestDeadLetterAge();

    /**
     * Returns how long the delivery of a result, or a retry, has been due. More than a few minutes means
     * that deliveries are stuck.
     *
     * @return zero where nothing is due
     */
    Duration getOverdue();

    /**
     * Returns the number of files in this node's spool.
     *
     * @return 0 or more; 0 where {@code late-dir} is not set
     */
    int getSpoolFiles();

    /**
     * Returns the size of the files in this node's spool.
     *
     * @return bytes, 0 or more; 0 where {@code late-dir} is not set
     */
    long getSpoolBytes();

    /**
     * Returns the number of handler calls on this node that were interrupted at their time limit and have not returned.
     * For each of them another slot is open, up to 128 in all.
     *
     * @return 0 or more
     */
    int getOverdueHandlers();

    /**
     * Returns whether handlers rest, on all nodes, since {@link LateResults#pause} was called.
     *
     * @return as the store said some seconds ago at most
     */
    boolean isPaused();

    /**
     * Returns the time since the store was last counted, or since the engine was created where it never was.
     *
     * @return grows while the store is down or the engine is stuck
     */
    Duration getTimeSinceCount();

    /**
     * Returns how often each event happened on this node since the application started. The names are stable:
     *
     * <table>
     * <caption>Counters</caption>
     * <tr><th>Name</th><th>Counts</th></tr>
     * <tr><td>{@code tracked}</td><td>requests allowed unverified that are tracked, and tasks</td></tr>
     * <tr><td>{@code untracked}</td><td>requests allowed unverified that are not tracked</td></tr>
     * <tr><td>{@code repeated}</td><td>requests denied because their token had been allowed unverified before</td></tr>
     * <tr><td>{@code accepted}</td><td>results that arrived and were stored</td></tr>
     * <tr><td>{@code duplicate}</td><td>results that arrived again</td></tr>
     * <tr><td>{@code different}</td><td>results that differ from the item's first one, and changed nothing</td></tr>
     * <tr><td>{@code refused}</td><td>results that could be neither stored nor spooled; their senders got 503</td></tr>
     * <tr><td>{@code spooled}</td><td>results and fail-open records that were spooled</td></tr>
     * <tr><td>{@code drained}</td><td>spooled files that the store has taken</td></tr>
     * <tr><td>{@code asked}</td><td>requests to Playtcha for late verdicts</td></tr>
     * <tr><td>{@code polled}</td><td>polls of tasks</td></tr>
     * <tr><td>{@code delivered}</td><td>results that were delivered to the handler</td></tr>
     * <tr><td>{@code expired}</td><td>expirations that were delivered to the handler</td></tr>
     * <tr><td>{@code handler-failed}</td><td>handler calls that failed or timed out</td></tr>
     * <tr><td>{@code stale}</td><td>updates that changed nothing because the lease was no longer valid</td></tr>
     * <tr><td>{@code unkept}</td><td>polled results that could be neither stored nor spooled; they are polled
     * again</td></tr>
     * <tr><td>{@code store-failed}</td><td>failed store operations</td></tr>
     * </table>
     *
     * @return a copy, in the order above; later versions may add names
     */
    Map<String, Long> getCounters();
}
