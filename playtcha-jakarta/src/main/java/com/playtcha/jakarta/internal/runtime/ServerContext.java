package com.playtcha.jakarta.internal.runtime;

import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures the calling thread's naming and security context through the server's {@code ContextService}. Uses
 * reflection, since the API of Jakarta Concurrency may be absent.
 */
final class ServerContext {
    private static final Logger LOG = LoggerFactory.getLogger(ServerContext.class);
    private static final String SERVICE = "java:comp/DefaultContextService";

    private ServerContext() {}

    /** Returns an executor that runs tasks on its caller's thread in the captured context, or null without the service. */
    static @Nullable Executor capture() {
        Object service = LateService.managed(SERVICE, Object.class);
        if (service == null) {
            return null;
        }
        try {
            Class<?> api = Class.forName(
                    "jakarta.enterprise.concurrent.ContextService",
                    false,
                    service.getClass().getClassLoader());
            Method capture = api.getMethod("createContextualProxy", Object.class, Class.class);
            Executor onThisThread = Runnable::run;
            return (Executor) capture.invoke(service, onThisThread, Executor.class);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError none) {
            LOG.debug("The server's context cannot be captured", none);
            return null;
        }
    }
}
