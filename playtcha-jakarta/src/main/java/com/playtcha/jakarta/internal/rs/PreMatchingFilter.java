package com.playtcha.jakarta.internal.rs;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;

/** Marks a request as being matched, so that the CDI interceptor leaves sub-resource locators to the REST guard. */
@PreMatching
final class PreMatchingFilter implements ContainerRequestFilter {
    private final RestGuard guard;

    PreMatchingFilter(RestGuard guard) {
        this.guard = guard;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        guard.verifications(request).match();
    }
}
