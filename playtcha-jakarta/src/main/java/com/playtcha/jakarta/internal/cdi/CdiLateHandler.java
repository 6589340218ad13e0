package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.internal.late.engine.NoHandlerException;
import com.playtcha.jakarta.internal.runtime.HandlerProvider;
import com.playtcha.jakarta.late.LateResultHandler;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.control.RequestContextController;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.AmbiguousResolutionException;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanContainer;
import jakarta.enterprise.inject.spi.DeploymentException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The late result handler that is a CDI bean, and the request context that it is called in. It is a contextual reference,
 * so interceptors and scopes work. Thread-safe.
 */
final class CdiLateHandler implements HandlerProvider {
    private static final Logger LOG = LoggerFactory.getLogger(CdiLateHandler.class);

    private final BeanContainer beans;
    private final @Nullable Bean<?> bean;
    private final Instance<RequestContextController> contexts;
    private final ReentrantLock creation = new ReentrantLock();
    private final AtomicReference<@Nullable Reference> reference = new AtomicReference<>();
    private volatile boolean ended;

    private record Reference(LateResultHandler handler, CreationalContext<?> context) {}

    /** Takes the handlers of all archives, in case this library's beans see none; throws if there is more than one. */
    CdiLateHandler(BeanContainer beans, Set<Bean<?>> others, Instance<RequestContextController> contexts) {
        this.beans = beans;
        this.bean = choose(beans, others);
        this.contexts = contexts;
    }

    /** Returns the handler that this library's beans see; on GlassFish those of WEB-INF/lib see none of WEB-INF/classes. */
    static @Nullable Bean<?> choose(BeanContainer beans, Set<Bean<?>> others) {
        Set<Bean<?>> visible = beans.getBeans(LateResultHandler.class);
        Set<Bean<?>> candidates = visible.isEmpty() ? others : visible;
        try {
            return beans.resolve(candidates);
        } catch (AmbiguousResolutionException several) {
            String names =
                    candidates.stream().map(CdiLateHandler::name).sorted().collect(Collectors.joining(", "));
            throw new DeploymentException(
                    "more than one CDI bean is a LateResultHandler, and an application has one: " + names
                            + "; leave one, give the others a qualifier, or make one an @Alternative with a @Priority",
                    several);
        }
    }

    /** Returns the class of a bean, or the description of a producer: its bean class is the one that declares it. */
    private static String name(Bean<?> bean) {
        Class<?> type = bean.getBeanClass();
        return bean.getTypes().contains(type) ? type.getName() : bean.toString();
    }

    /** Returns the same handler each time: a dependent bean is created once. */
    @Override
    public @Nullable LateResultHandler handler() throws NoHandlerException {
        try {
            creation.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the LateResultHandler bean was being created", e);
        }
        try {
            checkNotEnded();
            Reference known = reference.get();
            if (known == null && bean != null) {
                CreationalContext<?> context = beans.createCreationalContext(bean);
                known = new Reference(
                        (LateResultHandler) beans.getReference(bean, LateResultHandler.class, context), context);
                reference.set(known);
                if (ended) {
                    // end() does not wait for a bean that is being created.
                    destroy();
                }
                checkNotEnded();
            }
            return known == null ? null : known.handler();
        } finally {
            creation.unlock();
        }
    }

    /** Throws after the end: results that arrive later stay pending until the application starts again. */
    private void checkNotEnded() throws NoHandlerException {
        if (ended) {
            throw new NoHandlerException("the application's beans have been destroyed");
        }
    }

    @Override
    public void runInRequestContext(Call call) throws Exception {
        checkNotEnded();
        try (Instance.Handle<RequestContextController> handle = contexts.getHandle()) {
            RequestContextController context = handle.get();
            // False where a context is active already, as on a server's managed threads.
            boolean activated = context.activate();
            try {
                call.run();
            } finally {
                if (activated) {
                    deactivate(context);
                }
            }
        }
    }

    /** Logs an exception of a bean that is destroyed, since it is not a failure of the handler. */
    private static void deactivate(RequestContextController context) {
        try {
            context.deactivate();
        } catch (RuntimeException e) {
            LOG.warn("Beans of a late result's request context failed to be destroyed", e);
        }
    }

    /** Rejects further calls. Called after the engine was stopped and before beans are destroyed. */
    void end() {
        ended = true;
        destroy();
    }

    /** Destroys a dependent bean; beans of other scopes are destroyed by their contexts. */
    private void destroy() {
        Reference last = reference.getAndSet(null);
        if (last != null && bean != null && bean.getScope().equals(Dependent.class)) {
            last.context().release();
        }
    }
}
