package com.playtcha.jakarta.internal.rs;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands before one resource method that has no guard of its own: the guard of the sub-resource locator that led to it
 * counts, else that of the {@code Application}.
 *
 * <p>A locator runs while the request is being matched, before any filter can; so what it is annotated with is asked for
 * before the method that it leads to. The API does not say which locator led there, only which resources did: every
 * locator of such a resource that may have counts.
 */
public final class InheritedGuardFilter implements ContainerRequestFilter {
    private final RestGuard guard;
    private final @Nullable String ofApplication;

    public InheritedGuardFilter(RestGuard guard, @Nullable String ofApplication) {
        this.guard = guard;
        this.ofApplication = ofApplication;
    }

    @Override
    public void filter(ContainerRequestContext request) throws IOException {
        Set<String> names;
        guard.matched(request);
        try {
            names = ofLocators(request.getUriInfo().getMatchedResources());
        } catch (RuntimeException | Error ours) {
            guard.fail(request, ours);
            return;
        }
        for (String name : names) {
            if (!guard.admit(request, name)) {
                return;
            }
        }
        if (names.isEmpty() && ofApplication != null) {
            guard.admit(request, ofApplication);
        }
    }

    /** Of the nearest resource that has one. The matched ones come in reverse order, the method's own first. */
    private static Set<String> ofLocators(List<Object> matched) {
        for (int i = 1; i < matched.size(); i++) {
            Set<String> names = Protection.ofLocators(matched.get(i).getClass(), matched.get(i - 1));
            if (!names.isEmpty()) {
                return names;
            }
        }
        return Set.of();
    }
}
