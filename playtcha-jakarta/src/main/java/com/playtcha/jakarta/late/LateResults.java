package com.playtcha.jakarta.late;

import java.util.Optional;

/**
 * One application's late results (contract, section 7): what code without injection starts from. A servlet application
 * finds it as context attribute {@value #ATTRIBUTE}; CDI injects it, and its parts. The same object for as long as the
 * application lives, thread-safe.
 *
 * <p>Its parts work once the application is started, where a setting has switched late results on: {@code late-verdicts},
 * {@code callback-path}, {@code poll-url}, {@code late-dir} or {@code late-datasource}. Before, and after the
 * application's end, they throw {@link LateUnavailableException}.
 *
 * @since 0.1
 */
public interface LateResults {
    /** The name of the servlet context's attribute. */
    String ATTRIBUTE = "playtcha.late";

    /**
     * What the application tells of the tasks that another service works on for it.
     *
     * @return always the same
     */
    LateTasks getTasks();

    /**
     * The operator's view of what could not be handed over.
     *
     * @return always the same
     */
    DeadLetters getDeadLetters();

    /**
     * Counters and gauges of what works now.
     *
     * @return live; empty while nothing is at work
     */
    Optional<LateMetrics> getMetrics();

    /**
     * Sets who takes the results, instead of a CDI bean or a service that {@link java.util.ServiceLoader} finds. Best
     * called while the application starts, in a {@code ServletContextListener} say; results that come before wait, and are
     * handed over some seconds after there is a handler.
     *
     * @param handler called as {@link LateResultHandler} says
     */
    void setHandler(LateResultHandler handler);

    /**
     * Adds one that hears of every transition from now on.
     *
     * @param listener called as {@link LateListener} says
     */
    void addListener(LateListener listener);

    /**
     * Takes one away: it hears of nothing any more.
     *
     * @param listener that was added; one that was not is no error
     */
    void removeListener(LateListener listener);
}
