package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.internal.challenge.Caller;
import com.playtcha.jakarta.internal.servlet.ServletCaller;
import jakarta.enterprise.inject.Vetoed;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Context;
import org.jspecify.annotations.Nullable;

/**
 * Provides the guards of a servlet request's context, who sent the request, and its parameters in case an earlier servlet
 * filter had the container parse the form, which leaves the entity empty. Registered where the Servlet API is present;
 * public for the REST implementation only.
 */
@Vetoed
public final class ServletRequestFilter implements ContainerRequestFilter {
    @Context
    private @Nullable HttpServletRequest servletRequest;

    /** For the REST implementation. */
    public ServletRequestFilter() {}

    @Override
    public void filter(ContainerRequestContext request) {
        HttpServletRequest current = servletRequest;
        if (current != null) {
            request.setProperty(Caller.class.getName(), new ServletCaller(current));
            request.setProperty(
                    PlaytchaGuards.ATTRIBUTE, current.getServletContext().getAttribute(PlaytchaGuards.ATTRIBUTE));
        }
    }
}
