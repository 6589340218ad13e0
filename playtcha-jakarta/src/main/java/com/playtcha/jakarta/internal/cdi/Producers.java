package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.annotation.PlaytchaGuard;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.runtime.NamedVerifier;
import com.playtcha.jakarta.late.DeadLetters;
import com.playtcha.jakarta.late.LateMetrics;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.late.LateTasks;
import com.playtcha.jakarta.late.LateUnavailableException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.inject.Inject;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Produces verifiers, and the beans of late results, whose normal scope lets sessions hold them. Public for CDI only.
 */
@ApplicationScoped
public class Producers {
    /** The types whose injection makes the settings of a guard or of a store required. */
    public static final Set<Class<?>> TYPES =
            Set.of(PlaytchaVerifier.class, LateResults.class, LateTasks.class, DeadLetters.class, LateMetrics.class);

    @Inject
    CdiApplication application;

    /** For CDI. */
    public Producers() {}

    @Produces
    @Dependent
    public PlaytchaVerifier verifier() {
        return new NamedVerifier(GuardSettings.DEFAULT_NAME, application.application());
    }

    @Produces
    @Dependent
    @PlaytchaGuard
    public PlaytchaVerifier named(@Nullable InjectionPoint point) {
        PlaytchaGuard guard = point == null ? null : guard(point.getQualifiers());
        if (guard == null) {
            throw new IllegalStateException("The guard of this PlaytchaVerifier cannot be determined: get it by"
                    + " injection, or by Instance.select(PlaytchaVerifier.class, PlaytchaGuard.Literal.of(name))");
        }
        return new NamedVerifier(guard.value(), application.application());
    }

    static @Nullable PlaytchaGuard guard(Collection<Annotation> qualifiers) {
        for (Annotation qualifier : qualifiers) {
            if (qualifier instanceof PlaytchaGuard guard) {
                return guard;
            }
        }
        return null;
    }

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
        return metricsOf(results()::getMetrics);
    }

    static LateMetrics metricsOf(Supplier<Optional<LateMetrics>> running) {
        return (LateMetrics) Proxy.newProxyInstance(
                LateMetrics.class.getClassLoader(),
                new Class<?>[] {LateMetrics.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "toString" -> "LateMetrics of the engine that is running";
                    default ->
                        invoke(
                                method,
                                running.get()
                                        .orElseThrow(() -> new LateUnavailableException(
                                                "Late results have no metrics while they are not running: the application has not"
                                                        + " started or has ended, or no setting switches them on")));
                });
    }

    private static Object invoke(Method getter, LateMetrics metrics) throws Throwable {
        try {
            return getter.invoke(metrics);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
