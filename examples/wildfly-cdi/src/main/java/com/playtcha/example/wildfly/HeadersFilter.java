package com.playtcha.example.wildfly;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Lets the pages load nothing but what this application has itself. Playtcha's widget needs a script-src here. Mapped to
 * FORWARD as well: a denied log-in goes straight to its page, past the filters behind the guard.
 */
@WebFilter(
        urlPatterns = "/*",
        dispatcherTypes = {DispatcherType.REQUEST, DispatcherType.FORWARD, DispatcherType.ERROR},
        asyncSupported = true)
public class HeadersFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        // <f:ajax> writes the button's script into the page.
        String scripts = request.getServletPath().equals("/contact.xhtml")
                ? "script-src 'self' 'unsafe-inline'; connect-src 'self'; "
                : "";
        response.setHeader(
                "Content-Security-Policy",
                "default-src 'none'; " + scripts
                        + "style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cache-Control", "no-store");
        chain.doFilter(request, response);
    }
}
