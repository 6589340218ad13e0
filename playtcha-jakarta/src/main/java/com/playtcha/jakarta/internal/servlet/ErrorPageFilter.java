package com.playtcha.jakarta.internal.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/**
 * Presents the error dispatch of a denied request as a {@code GET}, which containers do by themselves since Servlet 6.1.
 * Other error dispatches stay as they are.
 */
final class ErrorPageFilter implements Filter {

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request instanceof HttpServletRequest http ? forErrorPage(http, response) : request, response);
    }

    static HttpServletRequest forErrorPage(HttpServletRequest request, ServletResponse response) {
        boolean denied = request.getAttribute(RequestState.ATTRIBUTE) instanceof RequestState state && state.denied;
        return denied && !request.getMethod().equals("GET") ? new GetRequest(request, response) : request;
    }
}
