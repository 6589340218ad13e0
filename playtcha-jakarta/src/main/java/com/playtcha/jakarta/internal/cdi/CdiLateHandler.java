package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.internal.late.engine.NoHandlerException;
import com.playtcha.jakarta.internal.runtime.HandlerProvider;
import com.playtcha.jakarta.late.LateResultHandler;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.control.RequestContextController;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.Bean;
import java.util.Collection;
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

    private final Instance<LateResultHandler> handlers;
    private final Instance<RequestContextController> contexts;
    private final LateHandlerResolver resolver;
    private final ReentrantLock creation = new ReentrantLock();
    private final AtomicReference<Instance.@Nullable Handle<LateResultHandler>> found = new AtomicReference<>();
    private volatile boolean ended;

    /** The resolver provides the bean if {@code handlers} has none. */
    CdiLateHandler(
            Instance<LateResultHandler> handlers,
            Instance<RequestContextController> contexts,
            LateHandlerResolver resolver) {
        this.handlers = handlers;
        this.contexts = contexts;
        this.resolver = resolver;
    }

    /** Returns the problem of an application with these handlers. */
    static String ambiguous(Collection<? extends Bean<?>> beans) {
        return "more than one CDI bean is a LateResultHandler, and an application has one: "
                + beans.stream().map(CdiLateHandler::name).sorted().collect(Collectors.joining(", "))
                + "; leave one, give the others a qualifier, or make one an @Alternative with a @Priority";
    }

    /** Returns the class of a bean, or the description of a producer: its bean class is the one that declares it. */
    private static String name(Bean<?> bean) {
        Class<?> type = bean.getBeanClass();
        return bean.getTypes().contains(type) ? type.getName() : bean.toString();
    }

    /** Throws if there is more than one, on containers that do not check it or continue after a failed check. */
    void check() {
        if (handlers.isAmbiguous()) {
            throw new IllegalStateException(ambiguous(
                    handlers.handlesStream().map(Instance.Handle::getBean).toList()));
        }
        String problem = resolver.problem();
        if (problem != null) {
            throw new IllegalStateException(problem);
        }
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
            Instance.Handle<LateResultHandler> handle = found.get();
            if (handle == null) {
                handle = handlers.isUnsatisfied() ? resolver.handle() : handlers.getHandle();
            }
            if (handle == null) {
                return null;
            }
            LateResultHandler handler = handle.get();
            // Set only after the creation, so that a failed one is tried again.
            found.set(handle);
            if (ended) {
                // end() does not wait for a bean that is being created.
                destroy();
            }
            checkNotEnded();
            return handler;
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
        Instance.Handle<RequestContextController> handle = contexts.getHandle();
        try {
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
        } finally {
            handle.close();
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

    private void destroy() {
        Instance.Handle<LateResultHandler> last = found.getAndSet(null);
        if (last != null && last.getBean().getScope().equals(Dependent.class)) {
            last.destroy();
        }
    }
}
