package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.PlaytchaAttributes;
import com.playtcha.jakarta.internal.request.SafeMethods;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A denied request as its failure page or error page sees it: a {@code GET} without a body, as in an error dispatch of
 * Servlet 6.1, so that no page runs its {@code doPost}. Parameters stay readable, except the view state of Faces: with it,
 * a page of Faces would run the form's action, whatever the method.
 */
final class GetRequest extends ReplayedRequest {
    /** The end of the parameter's name: a naming container puts its id before it. */
    static final String VIEW_STATE = "jakarta.faces.ViewState";

    GetRequest(HttpServletRequest request, ServletResponse response) {
        super(request, response, BufferedBody.empty(request));
        if (request.getAttribute(PlaytchaAttributes.METHOD) == null) {
            // Servlet 6.1 presents a GET to an error page, and keeps the method there.
            Object original = request.getAttribute("jakarta.servlet.error.method");
            request.setAttribute(PlaytchaAttributes.METHOD, original == null ? request.getMethod() : original);
        }
    }

    @Override
    public String getMethod() {
        return "GET";
    }

    /** Without override headers: a filter in front of the page would make the request a POST again. */
    @Override
    public @Nullable String getHeader(String name) {
        return SafeMethods.isOverrideHeader(name) ? null : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return SafeMethods.isOverrideHeader(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
    }

    static boolean isViewState(String parameter) {
        return parameter.endsWith(VIEW_STATE);
    }

    @Override
    public @Nullable String getParameter(String name) {
        String[] values = getParameterValues(name);
        return values == null || values.length == 0 ? null : values[0];
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        try {
            // Not from a map of its own for each name: a page that reads a whole form would take the square of it.
            return isViewState(name) ? null : super.getParameterValues(name);
        } catch (RuntimeException refusedByContainer) {
            return null;
        }
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        Map<String, String[]> parameters = new LinkedHashMap<>();
        try {
            parameters.putAll(super.getParameterMap());
        } catch (RuntimeException refusedByContainer) {
            // It throws each time. The page of a denial can be shown without parameters.
        }
        parameters.keySet().removeIf(GetRequest::isViewState);
        return Collections.unmodifiableMap(parameters);
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.enumeration(getParameterMap().keySet());
    }

    /** Spring MVC reads the parts before it shows its error page, also those of a form that the container has refused. */
    @Override
    public Collection<Part> getParts() {
        try {
            return super.getParts();
        } catch (IOException | ServletException | RuntimeException refusedByContainer) {
            return List.of();
        }
    }

    @Override
    public @Nullable Part getPart(String name) {
        try {
            return super.getPart(name);
        } catch (IOException | ServletException | RuntimeException refusedByContainer) {
            return null;
        }
    }

    @Override
    public int getContentLength() {
        return 0;
    }

    @Override
    public long getContentLengthLong() {
        return 0;
    }
}
