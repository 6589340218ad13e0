package com.playtcha.jakarta.late;

import java.time.Duration;
import java.util.Map;

/**
 * Gauges and counters of late results, for a page, a metric or an alert (contract, section 7). Each getter reads the
 * present value and is cheap. Thread-safe.
 *
 * <p>Values about the store hold for all nodes that share it, as of the last look, {@link #getAge} ago: at most about a
 * minute while the store works. All others are about this node.
 *
 * <p>Three values deserve an alert: {@link #getDeadLetters} above zero for an hour, because the handler fails for some
 * items; {@link #getOverdue} above five minutes, because results are not delivered; and {@link #getAge} above five
 * minutes, because the store is down or nothing is being worked on.
 *
 * @since 0.1
 */
public interface LateMetrics {

    /**
     * Items of the store that are not finished and no dead letters: {@link #getAwaiting} and {@link #getReady}.
     *
     * @return 0 or more
     */
    long getPending();

    /**
     * Items of the store whose result is not known yet.
     *
     * @return 0 or more
     */
    long getAwaiting();

    /**
     * Items of the store whose result is kept and has not been handed over yet. Grows where handlers are too slow.
     *
     * @return 0 or more
     */
    long getReady();

    /**
     * Dead letters in the store, and what waits in this node's directory.
     *
     * @return 0 or more
     */
    long getDeadLetters();

    /**
     * How long the oldest dead letter has been one.
     *
     * @return zero where there is none
     */
    Duration getOldestDeadLetterAge();

    /**
     * How long something has been due that is not handed over: of results, and of dead letters' retries. More than some
     * minutes says that handing over is stuck.
     *
     * @return zero where nothing is due
     */
    Duration getOverdue();

    /**
     * Files that wait in this node's dead-letter directory for the store to take them.
     *
     * @return 0 or more; 0 where there is no directory
     */
    int getSpoolFiles();

    /**
     * The size of those files.
     *
     * @return in bytes; 0 where there is no directory
     */
    long getSpoolBytes();

    /**
     * Calls of this node's handler that are past their time limit and have not returned; each holds one of eight places.
     *
     * @return 0 or more
     */
    int getOverdueHandlers();

    /**
     * How long ago the store was last looked at, or this was made where it never was.
     *
     * @return grows while the store is down, and when nothing is worked on any more
     */
    Duration getAge();

    /**
     * How often something happened on this node since the application started. The names are stable:
     *
     * <table>
     * <caption>Counters</caption>
     * <tr><th>Name</th><th>Counts</th></tr>
     * <tr><td>{@code tracked}</td><td>unverified passes that were tracked, and tasks</td></tr>
     * <tr><td>{@code untracked}</td><td>unverified passes that went on untracked</td></tr>
     * <tr><td>{@code repeated}</td><td>unverified passes refused: their token had been let through before</td></tr>
     * <tr><td>{@code accepted}</td><td>results that arrived and were stored</td></tr>
     * <tr><td>{@code duplicate}</td><td>results that arrived again</td></tr>
     * <tr><td>{@code different}</td><td>results that differ from the item's first, and changed nothing</td></tr>
     * <tr><td>{@code refused}</td><td>results that nothing could keep; their senders were told</td></tr>
     * <tr><td>{@code spooled}</td><td>results and passes that went to the dead-letter directory</td></tr>
     * <tr><td>{@code drained}</td><td>files of that directory that the store has taken</td></tr>
     * <tr><td>{@code asked}</td><td>questions to Playtcha</td></tr>
     * <tr><td>{@code polled}</td><td>questions to the service that works on tasks</td></tr>
     * <tr><td>{@code delivered}</td><td>results that the handler took</td></tr>
     * <tr><td>{@code expired}</td><td>ends without a result, of which the handler took the news</td></tr>
     * <tr><td>{@code handler-failed}</td><td>calls of the handler that failed, or took too long</td></tr>
     * <tr><td>{@code stale}</td><td>work in vain: the lease had passed, or the item had been taken over</td></tr>
     * <tr><td>{@code unkept}</td><td>results that neither store nor directory took; they are asked for again</td></tr>
     * <tr><td>{@code store-failed}</td><td>operations that the store failed at</td></tr>
     * </table>
     *
     * @return a copy, in the order above; later versions may add names
     */
    Map<String, Long> getCounters();
}
