package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.internal.annotation.GuardAnnotations;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Guards one resource method: by its own guard, else by that of the sub-resource locator that led to it, else by that of
 * the {@code Application}.
 */
final class GuardFilter implements ContainerRequestFilter {
    private final RestGuard guard;
    private final Class<?> resource;
    private final Method method;
    private final @Nullable String own;
    private final boolean isOnMethod;
    private final @Nullable String applicationGuard;

    GuardFilter(RestGuard guard, Class<?> resource, Method method, @Nullable String applicationGuard) {
        this.guard = guard;
        this.resource = resource;
        this.method = method;
        this.own = GuardAnnotations.guardOf(resource, method);
        // An annotation of the method itself guards it whatever the HTTP method (contract, section 8).
        this.isOnMethod = GuardAnnotations.guardOnMethod(resource, method) != null;
        this.applicationGuard = applicationGuard;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        guard.verifications(request).rest().onResourceMatched(resource, null);
        if (own == null) {
            guard.admitInherited(request, applicationGuard);
        } else if (guard.admit(request, own, !isOnMethod)) {
            guard.verifications(request).rest().onResourceMatched(resource, method);
        }
    }
}
