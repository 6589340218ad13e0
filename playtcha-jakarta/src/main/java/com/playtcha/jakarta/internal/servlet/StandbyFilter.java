package com.playtcha.jakarta.internal.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The filter that precedes those of web.xml: it handles error dispatches as every filter does, guards spellings of paths, and answers
 * 500 to every request after a start that failed. Public for containers only.
 */
public final class StandbyFilter implements Filter {
    /** For the container. */
    public StandbyFilter() {}

    @Override
    public void init(FilterConfig config) {
        ContextLifecycle.requireNotEnded(config.getServletContext());
        ContextLifecycle initialized = ContextLifecycle.find(config.getServletContext());
        if (initialized != null && !initialized.hasFailed()) {
            // Open Liberty shows no registrations before, and starts no filter that has no mapping.
            initialized.checkMappings();
        }
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest http = (HttpServletRequest) request;
        if (isOfUnguardedApplication(http) || isOfStartedApplication(http)) {
            boolean isFirst = http.getDispatcherType() == DispatcherType.REQUEST;
            (isFirst ? RawPathGuards.addTo(chain, http) : chain).doFilter(request, response);
        } else {
            VerificationFilter.handle(http, (HttpServletResponse) response, chain, null);
        }
    }

    /** Error pages of an application that has no guard show what they always did. */
    private static boolean isOfUnguardedApplication(HttpServletRequest http) {
        return http.getDispatcherType() == DispatcherType.ERROR
                && !ContextLifecycle.isFiltered(http.getServletContext())
                && !DispatchState.of(http).denied;
    }

    /** After a start that failed, Jetty keeps the filter that refuses everything when it starts the context again. */
    private static boolean isOfStartedApplication(HttpServletRequest http) {
        ContextLifecycle context = ContextLifecycle.find(http.getServletContext());
        return http.getDispatcherType() != DispatcherType.ERROR && context != null && !context.hasFailed();
    }
}
