package com.playtcha.jakarta.internal.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Answers 500 to every request of an application with wrong settings, on servers that continue to deploy it, so that
 * no page is served unguarded.
 */
final class RefusingFilter implements Filter {

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request instanceof HttpServletRequest http && response instanceof HttpServletResponse answer) {
            DenialWriter.sendServerError(http, answer, "configuration", "The human check is not set up correctly");
        } else {
            throw new ServletException("the settings of Playtcha are wrong; see the log of the deployment");
        }
    }
}
