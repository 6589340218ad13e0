package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.late.LateResultHandler;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.AmbiguousResolutionException;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanContainer;
import jakarta.enterprise.inject.spi.DeploymentException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The late result handler that is a CDI bean. It is a contextual reference, so interceptors and scopes work. Thread-safe.
 */
final class CdiLateHandler {
    private final BeanContainer beans;
    private final @Nullable Bean<?> bean;
    private final AtomicReference<@Nullable CreationalContext<?>> context = new AtomicReference<>();
    private volatile @Nullable LateResultHandler handler;
    private volatile boolean ended;

    /** Takes the handlers of all archives too, some of which this library's beans may not see; throws if there are several. */
    CdiLateHandler(BeanContainer beans, Set<Bean<?>> others) {
        this.beans = beans;
        Set<Bean<?>> candidates = new LinkedHashSet<>(beans.getBeans(LateResultHandler.class));
        candidates.addAll(others);
        try {
            bean = beans.resolve(candidates);
        } catch (AmbiguousResolutionException several) {
            // A producer is shown by the class that declares it.
            String names = candidates.stream()
                    .map(candidate -> candidate.getBeanClass().getName())
                    .sorted()
                    .collect(Collectors.joining(", "));
            throw new DeploymentException(
                    "more than one CDI bean is a LateResultHandler, and an application has one: " + names
                            + "; leave one, give the others a qualifier, or make one an @Alternative with a @Priority",
                    several);
        }
    }

    /** Returns the same handler each time, since a dependent bean is created once; null without one and after the end. */
    @Nullable
    LateResultHandler get() {
        LateResultHandler existing = ended ? null : handler;
        return existing == null && bean != null ? create(bean) : existing;
    }

    private synchronized @Nullable LateResultHandler create(Bean<?> found) {
        if (handler == null && !ended) {
            CreationalContext<?> created = beans.createCreationalContext(found);
            handler = (LateResultHandler) beans.getReference(found, LateResultHandler.class, created);
            context.set(created);
            if (ended) {
                // end() does not wait for a bean that is being created.
                end();
            }
        }
        return handler;
    }

    /**
     * Destroys a dependent bean; beans of other scopes are destroyed by their contexts. Called after the engine was stopped
     * and before beans are destroyed.
     */
    void end() {
        ended = true;
        handler = null;
        CreationalContext<?> last = context.getAndSet(null);
        if (last != null && bean != null && bean.getScope().equals(Dependent.class)) {
            last.release();
        }
    }
}
