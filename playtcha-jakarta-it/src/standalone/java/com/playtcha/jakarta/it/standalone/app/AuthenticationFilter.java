package com.playtcha.jakarta.it.standalone.app;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;

/** Refuses visitors who say that they are strangers. */
@Provider
@Priority(Priorities.AUTHENTICATION)
public class AuthenticationFilter implements ContainerRequestFilter {
    @Override
    public void filter(ContainerRequestContext request) {
        if ("stranger".equals(request.getHeaderString("X-Visitor"))) {
            request.abortWith(Response.status(401).build());
        }
    }
}
