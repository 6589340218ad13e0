package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.late.LateResultHandler;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.AmbiguousResolutionException;
import jakarta.enterprise.inject.Default;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.Decorator;
import jakarta.enterprise.inject.spi.DeploymentException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the late result handler among the beans of all archives: on GlassFish a bean of {@code WEB-INF/lib}, such as
 * this library's, does not see those of {@code WEB-INF/classes}. Filled by the portable extension. Thread-safe.
 */
final class LateHandlerResolver {
    private final Set<Bean<?>> beans = new LinkedHashSet<>();
    private @Nullable Bean<?> chosen;
    private @Nullable BeanManager manager;
    private @Nullable String problem;

    /** Adds a bean if it is a handler. */
    synchronized void add(Bean<?> bean) {
        // A decorator has the types of what it decorates and cannot be injected.
        if (bean.getTypes().contains(LateResultHandler.class)
                && bean.getQualifiers().contains(Default.Literal.INSTANCE)
                && !(bean instanceof Decorator)) {
            beans.add(bean);
        }
    }

    /** Chooses among the handlers that are visible to this library's beans, or among all if none is visible. */
    synchronized void choose(BeanManager beanManager) {
        Set<Bean<?>> candidates = new LinkedHashSet<>(beanManager.getBeans(LateResultHandler.class));
        if (candidates.isEmpty()) {
            candidates.addAll(beans);
        }
        try {
            chosen = beanManager.resolve(candidates);
            manager = beanManager;
        } catch (AmbiguousResolutionException several) {
            problem = CdiLateHandler.ambiguous(candidates);
            throw new DeploymentException(problem, several);
        } finally {
            beans.clear();
        }
    }

    /** Returns the problem that prevents the application's start, or null. */
    synchronized @Nullable String problem() {
        return problem;
    }

    /** Returns a new reference to the chosen bean, or null if there is none. */
    @SuppressWarnings("unchecked")
    Instance.@Nullable Handle<LateResultHandler> handle() {
        Bean<?> bean;
        BeanManager maker;
        synchronized (this) {
            bean = chosen;
            maker = manager;
        }
        if (bean == null || maker == null) {
            return null;
        }
        // Not under the lock, since the bean's constructor may block.
        CreationalContext<?> context = maker.createCreationalContext(bean);
        return new Reference((Bean<LateResultHandler>) bean, context, (LateResultHandler)
                maker.getReference(bean, LateResultHandler.class, context));
    }

    private record Reference(Bean<LateResultHandler> bean, CreationalContext<?> context, LateResultHandler handler)
            implements Instance.Handle<LateResultHandler> {
        @Override
        public LateResultHandler get() {
            return handler;
        }

        @Override
        public Bean<LateResultHandler> getBean() {
            return bean;
        }

        /** Destroys a dependent bean; beans of other scopes are destroyed by their contexts. */
        @Override
        public void destroy() {
            context.release();
        }

        @Override
        public void close() {
            destroy();
        }
    }
}
