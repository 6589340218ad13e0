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
 * Stands in front of an application whose settings are wrong, on servers that go on deploying it all the same: nothing
 * is served that would be unguarded.
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
