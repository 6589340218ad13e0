package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.late.DeadLetters;
import com.playtcha.jakarta.late.LateMetrics;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.late.LateTasks;
import com.playtcha.jakarta.late.LateUnavailableException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import java.lang.reflect.Proxy;
import java.util.Set;

/** Produces the beans of late results, with a normal scope so that sessions can hold them. Public for CDI only. */
@ApplicationScoped
public class LateProducer {
    /** The types whose injection makes the settings of a store required. */
    public static final Set<Class<?>> TYPES =
            Set.of(LateResults.class, LateTasks.class, DeadLetters.class, LateMetrics.class);

    @Inject
    CdiApplication application;

    /** For CDI. */
    public LateProducer() {}

    /** Produces the object that a servlet context has as an attribute. */
    @Produces
    @ApplicationScoped
    public LateResults results() {
        return application.application().late();
    }

    @Produces
    @ApplicationScoped
    public LateTasks tasks() {
        return results().getTasks();
    }

    @Produces
    @ApplicationScoped
    public DeadLetters deadLetters() {
        return results().getDeadLetters();
    }

    /** Produces a view of the metrics of the engine that is running when a method is called. */
    @Produces
    @ApplicationScoped
    public LateMetrics metrics() {
        LateResults results = results();
        return (LateMetrics) Proxy.newProxyInstance(
                LateMetrics.class.getClassLoader(),
                new Class<?>[] {LateMetrics.class},
                (proxy, method, arguments) -> method.invoke(
                        results.getMetrics()
                                .orElseThrow(() -> new LateUnavailableException(
                                        "Late results have no metrics while they are not running: the application has not"
                                                + " started or has ended, or no setting switches them on")),
                        arguments));
    }
}
