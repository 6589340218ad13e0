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
import java.util.stream.Stream;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.util.pattern.PathPattern;

/** A guard as a filter of a chain, for the requests that the matcher chooses. */
public final class ChainGuard implements Filter, PathGuard {
    private final HandlerGuard guard;
    private final List<String> paths;
    private final RequestMatcher guarded;
    private final DenialHandler denials;

    /** Creates the filter, with the patterns of the paths that the matchers choose; those of matchers of paths if empty. */
    public ChainGuard(HandlerGuard guard, List<String> paths, DenialHandler denials, RequestMatcher... guarded) {
        this.guard = guard;
        this.paths = paths.isEmpty()
                ? Stream.of(guarded)
                        .map(matcher -> LogInEventsCheck.read(matcher, "pattern"))
                        // One of regular expressions has another pattern.
                        .filter(pattern -> pattern instanceof PathPattern || pattern instanceof String)
                        .map(String::valueOf)
                        .toList()
                : paths;
        this.guarded = new OrRequestMatcher(guarded);
        this.denials = denials;
    }

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
    public List<String> paths() {
        return paths;
    }

    @Override
    public boolean guards(HttpServletRequest request) {
        return guarded.matches(request);
    }
}
