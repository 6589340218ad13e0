package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.request.Attributes;
import com.playtcha.jakarta.internal.request.SafeMethods;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.util.Collections;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/**
 * A denied request as its failure page or error page sees it: a {@code GET} without a body, as in an error dispatch of
 * Servlet 6.1, so that no page runs its {@code doPost}. Parameters stay readable.
 */
final class GetRequest extends HttpServletRequestWrapper {
    private final ServletResponse response;

    GetRequest(HttpServletRequest request, ServletResponse response) {
        super(request);
        this.response = response;
        if (request.getAttribute(Attributes.METHOD) == null) {
            request.setAttribute(Attributes.METHOD, request.getMethod());
        }
    }

    /** Presents the error dispatch of a denied request as a GET, as containers do by themselves since Servlet 6.1. */
    static HttpServletRequest forErrorPage(HttpServletRequest request, ServletResponse response, RequestState state) {
        return state.denied && !request.getMethod().equals("GET") ? new GetRequest(request, response) : request;
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

    @Override
    public ServletInputStream getInputStream() throws IOException {
        BufferedBody empty = new BufferedBody(this, InputStream.nullInputStream());
        empty.readUpTo(0);
        return empty;
    }

    @Override
    public BufferedReader getReader() {
        return new BufferedReader(Reader.nullReader());
    }

    /** With this wrapper, which the container would otherwise leave out of an asynchronous dispatch. */
    @Override
    public AsyncContext startAsync() {
        return getRequest().startAsync(this, response);
    }
}
