package com.playtcha.jakarta.internal.request;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

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
                int status = call(at, getter);
                if (status >= 400 && status <= 599) {
                    return status;
                }
            }
        }
        return 0;
    }

    private static int call(Throwable thrown, String getter) {
        try {
            Method method = accessible(thrown.getClass(), getter);
            return method != null && method.invoke(thrown) instanceof Integer status ? status : 0;
        } catch (IllegalAccessException | InvocationTargetException | RuntimeException | LinkageError e) {
            return 0;
        }
    }

    /** Finds the getter on a public type, since the exception's own class may not be public. */
    private static @Nullable Method accessible(Class<?> type, String getter) {
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            Method declared = declared(at, getter);
            if (declared != null) {
                return declared;
            }
            for (Class<?> face : at.getInterfaces()) {
                Method inherited = declared(face, getter);
                if (inherited != null) {
                    return inherited;
                }
            }
        }
        return null;
    }

    private static @Nullable Method declared(Class<?> type, String getter) {
        if (!Modifier.isPublic(type.getModifiers())) {
            return null;
        }
        try {
            Method method = type.getMethod(getter);
            boolean open = Modifier.isPublic(method.getDeclaringClass().getModifiers());
            return open && method.getReturnType() == int.class ? method : null;
        } catch (NoSuchMethodException e) {
            return null;
        }
    }
}
