package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.late.DeadLetters;
import com.playtcha.jakarta.late.LateMetrics;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.late.LateTasks;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import java.util.Set;

/**
 * Makes what is injected of late results. They have a scope, so that a session can keep them. Public for CDI's sake only.
 */
@ApplicationScoped
public class LateProducer {
    /** The types whose injection makes the settings of a store required. */
    public static final Set<Class<?>> TYPES =
            Set.of(LateResults.class, LateTasks.class, DeadLetters.class, LateMetrics.class);

    @Inject
    CdiApplication application;

    /** For CDI. */
    public LateProducer() {}

    /**
     * All of it.
     *
     * @return what a servlet context has as an attribute
     */
    @Produces
    @ApplicationScoped
    public LateResults results() {
        return application.application().late();
    }

    /**
     * For what the application tells of its tasks.
     *
     * @return as {@link LateResults#getTasks()}
     */
    @Produces
    @ApplicationScoped
    public LateTasks tasks() {
        return application.application().late().getTasks();
    }

    /**
     * For operators.
     *
     * @return as {@link LateResults#getDeadLetters()}
     */
    @Produces
    @ApplicationScoped
    public DeadLetters deadLetters() {
        return application.application().late().getDeadLetters();
    }

    /**
     * For metrics.
     *
     * @return as {@link LateResults#getMetrics()}; throws a {@link com.playtcha.jakarta.late.LateUnavailableException}
     *     while nothing is at work
     */
    @Produces
    @ApplicationScoped
    public LateMetrics figures() {
        return new LiveMetrics(application.application().late());
    }
}
