package com.playtcha.example.inbox;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Lets the page load, and its script ask, nothing but this application's own. */
public class HeadersFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final String POLICY =
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
                    + " form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        response.setHeader("Content-Security-Policy", POLICY);
        response.setHeader("X-Content-Type-Options", "nosniff");
        // The origin itself must arrive with a POST: the filter behind this one looks at it.
        response.setHeader("Referrer-Policy", "same-origin");
        chain.doFilter(request, response);
    }
}
