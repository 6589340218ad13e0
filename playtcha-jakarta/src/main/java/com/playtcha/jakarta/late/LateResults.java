package com.playtcha.jakarta.late;

import java.util.Optional;

/**
 * The late results of one application. It is the servlet context's attribute
 * {@value #ATTRIBUTE}; CDI injects it and what its getters return. There is one object for the lifetime of the
 * application. Thread-safe.
 *
 * <p>Its parts work once the application is started, where one of these settings enables late results: {@code
 * late-verdicts}, {@code callback-path}, {@code poll-url}, {@code late-dir} or {@code late-datasource}. Before the
 * start and after the end of the application they throw {@link LateUnavailableException}.
 *
 * @since 0.1
 */
public interface LateResults {
    /** The name of the servlet context attribute. */
    String ATTRIBUTE = "playtcha.late";

    /**
     * Returns the tasks of other services.
     *
     * @return always the same object
     */
    LateTasks getTasks();

    /**
     * Returns the dead letters and spooled items.
     *
     * @return always the same object
     */
    DeadLetters getDeadLetters();

    /**
     * Returns the metrics of the running engine.
     *
     * @return live values; empty while no engine runs
     */
    Optional<LateMetrics> getMetrics();

    /**
     * Lets handlers rest, on all nodes and until {@link #resume}, also after a restart. Callbacks are accepted meanwhile,
     * services polled, and their results kept; calls of the handler that have begun go on.
     *
     * @throws LateUnavailableException where no engine runs or the store is down
     */
    void pause();

    /**
     * Ends what {@link #pause} began. Other nodes go on within some seconds.
     *
     * @throws LateUnavailableException where no engine runs or the store is down
     */
    void resume();

    /**
     * Returns whether handlers rest.
     *
     * @return false while no engine runs
     */
    boolean isPaused();

    /**
     * Sets the handler, instead of a CDI bean or a {@link java.util.ServiceLoader} service. It should be called while the
     * application starts, for example in a {@code ServletContextListener}. Earlier results are delivered within some
     * seconds after this call.
     *
     * @param handler the handler; not null
     */
    void setHandler(LateResultHandler handler);

    /**
     * Adds a listener that receives every transition from now on.
     *
     * @param listener the listener; not null
     */
    void addListener(LateListener listener);

    /**
     * Removes a listener.
     *
     * @param listener the listener; one that was not added is ignored
     */
    void removeListener(LateListener listener);
}
