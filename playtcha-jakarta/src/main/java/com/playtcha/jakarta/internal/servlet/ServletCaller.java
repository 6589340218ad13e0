package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.challenge.Caller;
import com.playtcha.jakarta.internal.challenge.Challenge;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.security.Principal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who sends a servlet request. */
public record ServletCaller(HttpServletRequest request) implements Caller {
    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public String path() {
        return request.getServletPath() + Objects.requireNonNullElse(request.getPathInfo(), "");
    }

    @Override
    public @Nullable String remoteAddress() {
        return request.getRemoteAddr();
    }

    @Override
    public @Nullable Principal principal() {
        return request.getUserPrincipal();
    }

    @Override
    public boolean isInRole(String role) {
        return request.isUserInRole(role);
    }

    @Override
    public @Nullable Object attribute(String name) {
        return request.getAttribute(name);
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        request.setAttribute(name, value);
    }

    @Override
    public List<String> parameter(String name) {
        String[] values = request.getParameterValues(name);
        return values == null ? List.of() : List.of(values);
    }

    @Override
    public @Nullable Object sessionAttribute(String name) {
        HttpSession session = request.getSession(false);
        try {
            return session == null ? null : session.getAttribute(name);
        } catch (IllegalStateException ended) {
            return null;
        }
    }

    @Override
    public boolean setSessionAttribute(String name, String value) {
        HttpSession session = request.getSession(false);
        try {
            if (session != null) {
                session.setAttribute(name, value);
            }
            return session != null;
        } catch (IllegalStateException ended) {
            return false;
        }
    }

    /** Ends the passes of the session. */
    public void endSessionPass() {
        HttpSession session = request.getSession(false);
        try {
            if (session != null) {
                session.removeAttribute(Challenge.PASS_ATTRIBUTE);
            }
        } catch (IllegalStateException ended) {
            // With the session, its passes have ended.
        }
    }

    @Override
    public <T> @Nullable T unwrap(Class<T> type) {
        return type.isInstance(request) ? type.cast(request) : null;
    }
}
