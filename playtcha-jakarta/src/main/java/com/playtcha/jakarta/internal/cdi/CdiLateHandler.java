package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.internal.late.engine.HandlerInvoker;
import com.playtcha.jakarta.internal.late.engine.NoHandlerException;
import com.playtcha.jakarta.internal.runtime.HandlerProvider;
import com.playtcha.jakarta.late.LateResultHandler;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.control.RequestContextController;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.Bean;
import java.util.Collection;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The application's bean that takes late results, and the request context it is called in. A contextual reference, so
 * that its interceptors work and each call finds its scope. Until CDI ends; thread-safe.
 */
final class CdiLateHandler implements HandlerProvider {
    private static final Logger LOG = LoggerFactory.getLogger(CdiLateHandler.class);

    private final Instance<LateResultHandler> handlers;
    private final Instance<RequestContextController> contexts;
    private final LateHandlerResolver candidates;
    private final ReentrantLock making = new ReentrantLock();
    private Instance.@Nullable Handle<LateResultHandler> found;
    private volatile boolean ended;

    /**
     * For one application.
     *
     * @param handlers its beans
     * @param contexts starts and ends request contexts
     * @param candidates where {@code handlers} has none
     */
    CdiLateHandler(
            Instance<LateResultHandler> handlers,
            Instance<RequestContextController> contexts,
            LateHandlerResolver candidates) {
        this.handlers = handlers;
        this.contexts = contexts;
        this.candidates = candidates;
    }

    /**
     * What keeps an application with these beans from starting.
     *
     * @param beans that are handlers, after those were left out that the others are alternatives to
     * @return names each
     */
    static String ambiguous(Collection<? extends Bean<?>> beans) {
        return "more than one CDI bean is a LateResultHandler, and an application has one: "
                + beans.stream().map(CdiLateHandler::name).sorted().collect(Collectors.joining(", "))
                + "; leave one, give the others a qualifier, or make one an @Alternative with a @Priority";
    }

    /** A producer's bean is not of the class that it is declared in. */
    private static String name(Bean<?> bean) {
        Class<?> type = bean.getBeanClass();
        return bean.getTypes().contains(type) ? type.getName() : bean.toString();
    }

    /**
     * Looks once more, where nothing did so before the start, or a server goes on after that.
     *
     * @throws IllegalStateException where there is more than one
     */
    void check() {
        if (handlers.isAmbiguous()) {
            throw new IllegalStateException(ambiguous(
                    handlers.handlesStream().map(Instance.Handle::getBean).toList()));
        }
        String problem = candidates.problem();
        if (problem != null) {
            throw new IllegalStateException(problem);
        }
    }

    /** The same one each time: one without a scope of its own is made once. */
    @Override
    public @Nullable LateResultHandler handler() throws NoHandlerException {
        LateResultHandler handler;
        try {
            handler = find();
        } finally {
            if (ended) {
                // Meanwhile, and nobody waited for it to be made.
                destroyFound();
            }
        }
        mustNotHaveEnded();
        return handler;
    }

    private @Nullable LateResultHandler find() throws NoHandlerException {
        try {
            making.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the LateResultHandler bean was being made", e);
        }
        try {
            if (ended) {
                // Whoever made it may find this thread in its way, and leaves it to this one then.
                destroyHeld();
            }
            mustNotHaveEnded();
            Instance.Handle<LateResultHandler> known = found;
            if (known != null) {
                return known.get();
            }
            Instance.Handle<LateResultHandler> handle =
                    handlers.isUnsatisfied() ? candidates.handle() : handlers.getHandle();
            if (handle == null) {
                return null;
            }
            LateResultHandler handler = handle.get();
            // Only now: one that could not be made is tried again.
            found = handle;
            return handler;
        } finally {
            making.unlock();
        }
    }

    /** What comes now waits for the application to start again, and is no dead letter. */
    private void mustNotHaveEnded() throws NoHandlerException {
        if (ended) {
            throw new NoHandlerException("the application's beans have come to their end");
        }
    }

    @Override
    public void within(HandlerInvoker.Call call) throws Exception {
        mustNotHaveEnded();
        Instance.Handle<RequestContextController> handle = contexts.getHandle();
        try {
            RequestContextController context = handle.get();
            // False where one is active: threads of a server's may bring one.
            boolean ours = context.activate();
            try {
                call.run();
            } finally {
                if (ours) {
                    end(context);
                }
            }
        } finally {
            handle.close();
        }
    }

    /** What its beans fail at as they go is not the handler's failure. */
    private static void end(RequestContextController context) {
        try {
            context.deactivate();
        } catch (RuntimeException e) {
            LOG.warn("A request context did not end well", e);
        }
    }

    /**
     * Nothing is called any more. To be called after the engine was stopped, and before beans are gone. Waits for no bean
     * that is being made still: the engine has waited already, as long as it does for anybody.
     */
    void end() {
        ended = true;
        if (!destroyFound()) {
            LOG.warn("The LateResultHandler bean is being made still, and is not waited for");
        }
    }

    /** False where another thread has the lock, which then does this. */
    private boolean destroyFound() {
        if (!making.tryLock()) {
            return false;
        }
        try {
            destroyHeld();
        } finally {
            making.unlock();
        }
        return true;
    }

    /** With the lock held. */
    private void destroyHeld() {
        Instance.Handle<LateResultHandler> last = found;
        found = null;
        if (last != null && last.getBean().getScope().equals(Dependent.class)) {
            last.destroy();
        }
    }
}
