package com.playtcha.jakarta.internal.rs;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.io.IOException;
import java.lang.reflect.Method;

/** Stands before one resource method that is annotated. */
final class GuardFilter implements ContainerRequestFilter {
    private final RestGuard guard;
    private final String name;
    private final Class<?> resource;
    private final Method method;

    GuardFilter(RestGuard guard, String name, Class<?> resource, Method method) {
        this.guard = guard;
        this.name = name;
        this.resource = resource;
        this.method = method;
    }

    @Override
    public void filter(ContainerRequestContext request) throws IOException {
        guard.matched(request);
        if (guard.admit(request, name)) {
            guard.admitTo(request, resource, method);
        }
    }
}
