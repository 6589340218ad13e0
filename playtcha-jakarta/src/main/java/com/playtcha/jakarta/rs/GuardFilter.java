package com.playtcha.jakarta.rs;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.io.IOException;

/** Stands before one resource method that is annotated. */
final class GuardFilter implements ContainerRequestFilter {
    private final RestGuard guard;
    private final String name;

    GuardFilter(RestGuard guard, String name) {
        this.guard = guard;
        this.name = name;
    }

    @Override
    public void filter(ContainerRequestContext request) throws IOException {
        guard.admit(request, name);
    }
}
