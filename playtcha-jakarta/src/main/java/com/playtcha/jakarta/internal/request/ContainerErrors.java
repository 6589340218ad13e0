package com.playtcha.jakarta.internal.request;

import java.lang.reflect.Method;

/**
 * Finds the status with which a container itself answers a body that it refuses to parse. The Servlet API has no type
 * for that: Jetty, Tomcat and Undertow each throw an unchecked exception of their own with a getter for the status.
 */
public final class ContainerErrors {
    private static final String[] GETTERS = {"getCode", "getErrorCode", "getStatus"};
    private static final int MAX_CAUSES = 16;

    private ContainerErrors() {}

    /** Returns a status from 400 to 599; 0 where neither the exception nor a cause of it names one. */
    public static int status(Throwable thrown) {
        Throwable at = thrown;
        for (int i = 0; at != null && i < MAX_CAUSES; i++, at = at.getCause()) {
            for (String getter : GETTERS) {
                try {
                    Method method = at.getClass().getMethod(getter);
                    // The exception's own class may not be public.
                    if (method.trySetAccessible()
                            && method.invoke(at) instanceof Integer status
                            && status >= 400
                            && status <= 599) {
                        return status;
                    }
                } catch (ReflectiveOperationException | RuntimeException | LinkageError none) {
                    // The next getter is tried.
                }
            }
        }
        return 0;
    }
}
