package com.playtcha.example.inbox;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;

/**
 * Refuses what another site's page had a browser send here. Browsers say where a POST comes from, in {@code Origin} and
 * {@code Sec-Fetch-Site}, and no page can change what they say; a client that says neither is no browser.
 */
public class SameOriginFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String site = request.getHeader("Sec-Fetch-Site");
        String origin = request.getHeader("Origin");
        boolean foreign =
                site != null ? !site.equals("same-origin") : origin != null && !isOf(origin, request.getHeader("Host"));
        if (foreign) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN);
            return;
        }
        chain.doFilter(request, response);
    }

    /** Compares host and port alone: before a proxy that speaks TLS the scheme may be another one. */
    private static boolean isOf(String origin, String host) {
        try {
            return URI.create(origin).getRawAuthority() != null
                    && URI.create(origin).getRawAuthority().equalsIgnoreCase(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
