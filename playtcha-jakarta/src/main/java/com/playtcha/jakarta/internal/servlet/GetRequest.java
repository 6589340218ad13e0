package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.request.SafeMethods;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/**
 * A denied request as its failure page or error page sees it: a {@code GET} without a body, as in an error dispatch of
 * Servlet 6.1, so that no page runs its {@code doPost}. Parameters stay readable.
 */
final class GetRequest extends ReplayedRequest {
    /** The attribute with the method of the denied request. */
    private static final String METHOD = "playtcha.method";

    private final ServletResponse response;

    GetRequest(HttpServletRequest request, ServletResponse response) {
        super(request, BufferedBody.empty(request));
        this.response = response;
        if (request.getAttribute(METHOD) == null) {
            request.setAttribute(METHOD, request.getMethod());
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

    @Override
    public int getContentLength() {
        return 0;
    }

    @Override
    public long getContentLengthLong() {
        return 0;
    }

    /** With this wrapper, which the container would otherwise leave out of an asynchronous dispatch. */
    @Override
    public AsyncContext startAsync() {
        return getRequest().startAsync(this, response);
    }
}
