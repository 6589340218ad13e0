package com.playtcha.jakarta.internal.rs;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;

/** Tells whoever guards methods of beans, which resources may be, that Jakarta REST has a request in hand. */
@PreMatching
public final class PreMatchingFilter implements ContainerRequestFilter {
    private final RestGuard guard;

    public PreMatchingFilter(RestGuard guard) {
        this.guard = guard;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        guard.match(request);
    }
}
