package com.playtcha.jakarta.internal.spring;

import jakarta.servlet.ServletContext;
import java.util.Map;
import java.util.Set;

/** A filter or servlet that gets every request, and answers some paths. Public for the guards of Spring Security only. */
public interface AnsweredPaths {
    /** Returns the name of its registration. */
    String name();

    /** Returns false if it certainly answers no request to a path within the application. */
    boolean mayAnswer(String path, ServletContext context);

    /** Returns the paths of guards of its own, by the names of these. */
    default Map<String, Set<String>> guardedPaths() {
        return Map.of();
    }

    /** Returns false if it certainly guards no request to a path. */
    default boolean mayGuard(String path, ServletContext context) {
        return false;
    }
}
