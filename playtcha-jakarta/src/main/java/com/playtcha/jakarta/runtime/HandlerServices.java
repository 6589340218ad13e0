package com.playtcha.jakarta.runtime;

import com.playtcha.jakarta.late.LateResultHandler;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** The handler that an application names in META-INF/services, made once, whoever asks for it. Thread-safe. */
final class HandlerServices {
    private boolean looked;
    private @Nullable LateResultHandler handler;

    /**
     * The service.
     *
     * @param loader the application's, null where it is unknown
     * @return null where there is none
     * @throws IllegalStateException where there is more than one, or one that cannot be made: it is tried again
     */
    synchronized @Nullable LateResultHandler find(@Nullable ClassLoader loader) {
        if (!looked) {
            handler = load(loader);
            looked = true;
        }
        return handler;
    }

    private static @Nullable LateResultHandler load(@Nullable ClassLoader loader) {
        try {
            List<ServiceLoader.Provider<LateResultHandler>> named =
                    ServiceLoader.load(LateResultHandler.class, loader).stream().toList();
            if (named.size() > 1) {
                throw new IllegalStateException("META-INF/services names more than one LateResultHandler: "
                        + named.stream().map(each -> each.type().getName()).toList()
                        + ". One application has one; set it in code, or leave one");
            }
            return named.isEmpty() ? null : named.get(0).get();
        } catch (ServiceConfigurationError e) {
            throw new IllegalStateException(
                    "META-INF/services names a LateResultHandler that cannot be used: " + e.getMessage(), e);
        }
    }

    /** Nothing is to keep the application's classes once it ended. */
    synchronized void forget() {
        looked = true;
        handler = null;
    }
}
