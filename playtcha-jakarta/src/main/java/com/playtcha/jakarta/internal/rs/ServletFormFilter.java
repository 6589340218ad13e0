package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.internal.request.MediaTypes;
import jakarta.enterprise.inject.Vetoed;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Provides a servlet request's parameters in case an earlier servlet filter had the container parse the form, which
 * leaves the entity empty. Registered where the Servlet API is present; public for the REST implementation only.
 */
@Vetoed
public final class ServletFormFilter implements ContainerRequestFilter {
    @Context
    private @Nullable HttpServletRequest servletRequest;

    /** For the REST implementation. */
    public ServletFormFilter() {}

    @Override
    public void filter(ContainerRequestContext request) {
        HttpServletRequest current = servletRequest;
        String contentType = request.getHeaderString(HttpHeaders.CONTENT_TYPE);
        if (current != null && MediaTypes.isUrlEncodedForm(MediaTypes.essence(contentType))) {
            RestTokenRequest.ParsedForm form = name -> {
                String[] values = current.getParameterValues(name);
                return values == null ? List.of() : List.of(values);
            };
            request.setProperty(RestTokenRequest.ParsedForm.class.getName(), form);
        }
    }
}
