package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.late.LateMetrics;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.time.Duration;
import java.util.Map;

/** The figures of what is at work when it is asked; it says so where nothing is. */
final class LiveMetrics implements LateMetrics {
    private final LateResults results;

    /**
     * A view.
     *
     * @param results of the application
     */
    LiveMetrics(LateResults results) {
        this.results = results;
    }

    private LateMetrics now() {
        return results.getMetrics()
                .orElseThrow(
                        () -> new LateUnavailableException("Late results have no figures while they are not at work:"
                                + " the application is not started yet or has ended, or no setting switches them on"));
    }

    @Override
    public long getPending() {
        return now().getPending();
    }

    @Override
    public long getAwaiting() {
        return now().getAwaiting();
    }

    @Override
    public long getReady() {
        return now().getReady();
    }

    @Override
    public long getDeadLetters() {
        return now().getDeadLetters();
    }

    @Override
    public Duration getOldestDeadLetterAge() {
        return now().getOldestDeadLetterAge();
    }

    @Override
    public Duration getOverdue() {
        return now().getOverdue();
    }

    @Override
    public int getSpoolFiles() {
        return now().getSpoolFiles();
    }

    @Override
    public long getSpoolBytes() {
        return now().getSpoolBytes();
    }

    @Override
    public int getOverdueHandlers() {
        return now().getOverdueHandlers();
    }

    @Override
    public Duration getAge() {
        return now().getAge();
    }

    @Override
    public Map<String, Long> getCounters() {
        return now().getCounters();
    }
}
