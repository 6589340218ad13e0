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
 * Brings the parameters of a form that a servlet filter before us had the container read, so that the entity is empty.
 * The only class here that needs the Servlet API, registered where that is present. Public for the REST implementation
 * only.
 */
@Vetoed
public final class ServletFormFilter implements ContainerRequestFilter {
    @Context
    private @Nullable HttpServletRequest servletRequest;

    /** For the REST implementation. */
    public ServletFormFilter() {}

    /**
     * Leaves the way to the parameters where {@link RestTokenReader} finds it.
     *
     * @param request any request
     */
    @Override
    public void filter(ContainerRequestContext request) {
        HttpServletRequest current = servletRequest;
        String contentType = request.getHeaderString(HttpHeaders.CONTENT_TYPE);
        if (current != null && MediaTypes.isUrlEncodedForm(MediaTypes.essence(contentType))) {
            request.setProperty(ParsedForm.PROPERTY, new ParsedForm(name -> {
                String[] values = current.getParameterValues(name);
                return values == null ? List.of() : List.of(values);
            }));
        }
    }
}
