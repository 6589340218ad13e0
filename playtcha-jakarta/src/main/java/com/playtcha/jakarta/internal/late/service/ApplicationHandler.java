package com.playtcha.jakarta.internal.late.service;

import com.playtcha.jakarta.internal.late.engine.LateEngine.NoHandlerException;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds the handler of an application, which is set in code, a bean or a service, and calls it. Thread-safe. */
final class ApplicationHandler implements LateResultHandler {
    private final Supplier<@Nullable ClassLoader> loader;
    private volatile @Nullable LateResultHandler setInCode;
    private volatile @Nullable HandlerBeans beans;
    private volatile @Nullable LateResultHandler service;
    /** Held while the service is constructed. */
    private final Object loading = new Object();

    private boolean loaded;
    private volatile boolean ended;

    ApplicationHandler(Supplier<@Nullable ClassLoader> loader) {
        this.loader = loader;
    }

    void set(LateResultHandler handler) {
        setInCode = handler;
    }

    void setBeans(@Nullable HandlerBeans value) {
        beans = value;
    }

    /** Returns the handler that is set in code, else a bean, else a service; null if the application has none. */
    @Nullable
    LateResultHandler find() {
        LateResultHandler handler = setInCode;
        HandlerBeans provider = beans;
        if (handler == null && provider != null) {
            handler = provider.handler();
        }
        return handler == null ? findService() : handler;
    }

    private @Nullable LateResultHandler findService() {
        synchronized (loading) {
            if (!loaded && !ended) {
                service = load(loader.get());
                loaded = true;
            }
            // endService() does not wait for a running constructor, so it may have been called during this one.
            service = ended ? null : service;
            return service;
        }
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

    /** Calls the handler with the application's class loader and in a request context. */
    @Override
    public void handle(LateResult result, Delivery delivery) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        ClassLoader classes = loader.get();
        thread.setContextClassLoader(classes == null ? before : classes);
        try {
            LateResultHandler handler = find();
            HandlerBeans container = beans;
            if (handler == null) {
                throw new NoHandlerException("this application has no LateResultHandler: make one a bean, name it in"
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

    /** From now on no service is constructed or found. */
    void endService() {
        ended = true;
    }

    /** Drops all references to the application's classes. */
    void end() {
        ended = true;
        service = null;
        setInCode = null;
        beans = null;
    }
}
