package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.internal.challenge.Caller;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who sends a REST request. Address, session and path are the servlet request's; REST by itself knows only the path below
 * its own. The user is that of REST, which a filter of the application may have set.
 */
record RestCaller(ContainerRequestContext request, Caller servlet) implements Caller {

    /** Returns the caller of a request; that of its servlet request is a property, where there is one. */
    static RestCaller of(ContainerRequestContext request) {
        return new RestCaller(
                request,
                request.getProperty(Caller.class.getName()) instanceof Caller ofServlet ? ofServlet : Caller.UNKNOWN);
    }

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public String path() {
        String path = request.getUriInfo().getPath();
        return servlet != Caller.UNKNOWN ? servlet.path() : path.startsWith("/") ? path : "/" + path;
    }

    @Override
    public @Nullable String remoteAddress() {
        return servlet.remoteAddress();
    }

    @Override
    public @Nullable Principal principal() {
        SecurityContext security = request.getSecurityContext();
        return security == null ? null : security.getUserPrincipal();
    }

    @Override
    public boolean isInRole(String role) {
        SecurityContext security = request.getSecurityContext();
        return security != null && security.isUserInRole(role);
    }

    @Override
    public @Nullable Object attribute(String name) {
        return request.getProperty(name);
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        request.setProperty(name, value);
    }

    @Override
    public List<String> parameter(String name) {
        return servlet.parameter(name);
    }

    @Override
    public @Nullable Object sessionAttribute(String name) {
        return servlet.sessionAttribute(name);
    }

    @Override
    public boolean setSessionAttribute(String name, String value) {
        return servlet.setSessionAttribute(name, value);
    }

    @Override
    public <T> @Nullable T unwrap(Class<T> type) {
        return type.isInstance(request) ? type.cast(request) : servlet.unwrap(type);
    }
}
