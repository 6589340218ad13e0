package com.playtcha.jakarta.cdi;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** What a bean's method is to Jakarta REST, whose API may be absent: known by the names of its annotations. */
enum ResourceMethod {
    /** Nothing. */
    NONE,
    /** Answers requests. */
    ANSWERS,
    /** A sub-resource locator, which only leads to what answers, and runs before any filter. */
    LOCATES;

    /** Of a method, or of what it overrides or implements. */
    static ResourceMethod of(Method method) {
        boolean path = false;
        Deque<Class<?>> lineage = new ArrayDeque<>();
        lineage.add(method.getDeclaringClass());
        for (Class<?> type = lineage.poll(); type != null; type = lineage.poll()) {
            if (type.getSuperclass() != null) {
                lineage.add(type.getSuperclass());
            }
            lineage.addAll(List.of(type.getInterfaces()));
            for (Method each : type.getDeclaredMethods()) {
                if (each.getName().equals(method.getName())
                        && Arrays.equals(each.getParameterTypes(), method.getParameterTypes())) {
                    for (Annotation annotation : each.getAnnotations()) {
                        if (isHttpMethod(annotation)) {
                            return ANSWERS;
                        }
                        path |= annotation.annotationType().getName().equals("jakarta.ws.rs.Path");
                    }
                }
            }
        }
        return path ? LOCATES : NONE;
    }

    private static boolean isHttpMethod(Annotation annotation) {
        for (Annotation meta : annotation.annotationType().getAnnotations()) {
            if (meta.annotationType().getName().equals("jakarta.ws.rs.HttpMethod")) {
                return true;
            }
        }
        return false;
    }
}
