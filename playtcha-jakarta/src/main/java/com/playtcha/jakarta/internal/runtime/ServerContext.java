package com.playtcha.jakarta.internal.runtime;

import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server's naming and security give to the threads of an application, for one that the server has not made: by its
 * {@code ContextService} (Jakarta Concurrency), whose API is not asked of those who have none.
 */
final class ServerContext {
    private static final Logger LOG = LoggerFactory.getLogger(ServerContext.class);
    private static final String SERVICE = "java:comp/DefaultContextService";

    private ServerContext() {}

    /**
     * Takes the calling thread's.
     *
     * @return runs something on the thread that it is called on, with that context; null where the server has no such
     *     service
     */
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
