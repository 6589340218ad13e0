package com.playtcha.jakarta.internal.runtime;

import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures a server's context of the calling thread (naming, security) by its {@code ContextService} of Jakarta
 * Concurrency, whose API may be absent.
 */
final class ServerContext {
    private static final Logger LOG = LoggerFactory.getLogger(ServerContext.class);
    private static final String SERVICE = "java:comp/DefaultContextService";

    private ServerContext() {}

    /** Returns an executor that runs tasks on the calling thread in the captured context; null without the service. */
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
