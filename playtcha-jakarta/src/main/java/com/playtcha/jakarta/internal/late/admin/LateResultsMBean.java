package com.playtcha.jakarta.internal.late.admin;

import java.util.Map;

/**
 * Late results in JMX: {@code com.playtcha.jakarta:type=LateResults,name=<application>}. Gauges are those of
 * {@link com.playtcha.jakarta.late.LateMetrics}, lengths of time in seconds; counters count since the application
 * started, on this node. The operations are those of the command line, and give its text; they throw
 * {@code IllegalStateException} where the store does not work.
 *
 * @since 0.1
 */
public interface LateResultsMBean {

    /** {@return items that are not finished and no dead letters} */
    long getPending();

    /** {@return items whose result is not known yet} */
    long getAwaiting();

    /** {@return items whose result has not been handed over yet} */
    long getReady();

    /** {@return dead letters, in the store and in the directory} */
    long getDeadLetters();

    /** {@return how long the oldest dead letter has been one, in seconds} */
    long getOldestDeadLetterSeconds();

    /** {@return how long something has been due that is not handed over, in seconds} */
    long getOverdueSeconds();

    /** {@return files in the dead-letter directory} */
    int getSpoolFiles();

    /** {@return their size in bytes} */
    long getSpoolBytes();

    /** {@return calls of the handler that are past their time limit and have not returned} */
    int getOverdueHandlers();

    /** {@return how long ago the store was last looked at, in seconds; grows while it is down} */
    long getAgeSeconds();

    /** {@return all counters by their names} */
    Map<String, Long> getCounters();

    /** {@return unverified passes and tasks that were tracked} */
    long getTracked();

    /** {@return unverified passes that went on untracked} */
    long getUntracked();

    /** {@return unverified passes refused, since their token had been let through before} */
    long getRepeated();

    /** {@return results that arrived and were stored} */
    long getAccepted();

    /** {@return results that arrived again} */
    long getDuplicate();

    /** {@return results that differ from the item's first} */
    long getDifferent();

    /** {@return results that nothing could keep} */
    long getRefused();

    /** {@return results and passes that went to the dead-letter directory} */
    long getSaved();

    /** {@return files of the directory that the store has taken} */
    long getDrained();

    /** {@return questions to Playtcha} */
    long getAsked();

    /** {@return questions to the service that works on tasks} */
    long getPolled();

    /** {@return results that the handler took} */
    long getDelivered();

    /** {@return ends without a result, of which the handler took the news} */
    long getExpired();

    /** {@return calls of the handler that failed, or took too long} */
    long getHandlerFailed();

    /** {@return work in vain, since the item had been taken over} */
    long getStale();

    /** {@return results that neither store nor directory took} */
    long getUnkept();

    /** {@return operations that the store failed at} */
    long getStoreFailed();

    /**
     * Lists dead letters.
     *
     * @param limit at most so many, from 1 to 1000
     * @return a table
     */
    String listDeadLetters(int limit);

    /**
     * Shows one, without what was delivered.
     *
     * @param id as it is, or as a list prints it
     * @return a text of several lines, or that there is no such dead letter
     */
    String show(String id);

    /**
     * Makes one due now.
     *
     * @param id as it is, or as a list prints it
     * @return what was done
     */
    String retry(String id);

    /**
     * Gives one up for good.
     *
     * @param id as it is, or as a list prints it
     * @return what was done
     */
    String discard(String id);
}
