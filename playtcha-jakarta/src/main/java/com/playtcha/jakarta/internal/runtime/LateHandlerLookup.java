package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.internal.late.engine.NoHandlerException;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the application's handler when a result is delivered (set in code, else a CDI bean, else a service), and calls it
 * with the application's class loader and in a request context. Thread-safe.
 */
final class LateHandlerLookup implements LateResultHandler {
    private final Supplier<@Nullable ClassLoader> loader;
    private boolean loaded;
    private volatile @Nullable LateResultHandler service;
    private volatile @Nullable LateResultHandler setInCode;
    private volatile @Nullable ApplicationBeans beans;
    private volatile boolean ended;

    LateHandlerLookup(Supplier<@Nullable ClassLoader> loader) {
        this.loader = loader;
    }

    void setHandler(LateResultHandler handler) {
        setInCode = handler;
    }

    void setBeans(@Nullable ApplicationBeans container) {
        beans = container;
    }

    /** Returns the handler, or null if the application has none. */
    @Nullable
    LateResultHandler find() {
        LateResultHandler handler = setInCode;
        ApplicationBeans container = beans;
        if (handler == null && container != null) {
            handler = container.handler();
        }
        return handler == null ? service() : handler;
    }

    private synchronized @Nullable LateResultHandler service() {
        if (!loaded && !ended) {
            service = load(loader.get());
            loaded = true;
        }
        // end() does not wait for a running constructor, so it may have been called during this one.
        return ended ? null : service;
    }

    private static @Nullable LateResultHandler load(@Nullable ClassLoader loader) {
        try {
            List<ServiceLoader.Provider<LateResultHandler>> named =
                    ServiceLoader.load(LateResultHandler.class, loader).stream().toList();
            if (named.size() > 1) {
                throw new IllegalStateException("META-INF/services names more than one LateResultHandler: "
                        + named.stream().map(each -> each.type().getName()).toList()
                        + ". An application has one; set it in code, or leave one");
            }
            return named.isEmpty() ? null : named.get(0).get();
        } catch (ServiceConfigurationError e) {
            throw new IllegalStateException(
                    "META-INF/services names a LateResultHandler that cannot be used: " + e.getMessage(), e);
        }
    }

    /** Drops all references to the application's classes. */
    void end() {
        ended = true;
        service = null;
        setInCode = null;
        beans = null;
    }

    @Override
    public void handle(LateResult result, Delivery delivery) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        ClassLoader classes = loader.get();
        thread.setContextClassLoader(classes == null ? before : classes);
        try {
            LateResultHandler handler = find();
            ApplicationBeans container = beans;
            if (handler == null) {
                throw new NoHandlerException(
                        ended
                                ? "the application has ended"
                                : "this application has no LateResultHandler: make one a bean, name it in"
                                        + " META-INF/services, or call LateResults.setHandler");
            } else if (container == null) {
                handler.handle(result, delivery);
            } else {
                container.call(handler, result, delivery);
            }
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
