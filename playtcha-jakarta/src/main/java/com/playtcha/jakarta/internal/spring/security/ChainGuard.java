package com.playtcha.jakarta.internal.spring.security;

import com.playtcha.jakarta.internal.servlet.DenialHandler;
import com.playtcha.jakarta.internal.servlet.HandlerGuard;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * A guard as a filter of a chain, for the requests that the matcher chooses.
 *
 * @param paths the patterns of the paths that the matcher chooses, if they are known
 */
public record ChainGuard(HandlerGuard guard, List<String> paths, RequestMatcher guarded, DenialHandler denials)
        implements Filter, PathGuard {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (guarded.matches((HttpServletRequest) request)) {
            guard.filter((HttpServletRequest) request, (HttpServletResponse) response, chain, denials);
        } else {
            chain.doFilter(request, response);
        }
    }

    @Override
    public String name() {
        return guard.guard();
    }

    @Override
    public boolean guards(HttpServletRequest request) {
        return guarded.matches(request);
    }
}
