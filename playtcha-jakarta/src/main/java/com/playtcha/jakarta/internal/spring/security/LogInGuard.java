package com.playtcha.jakarta.internal.spring.security;

import com.playtcha.jakarta.PlaytchaAttributes;
import com.playtcha.jakarta.internal.servlet.DenialHandler;
import com.playtcha.jakarta.internal.servlet.HandlerGuard;
import com.playtcha.jakarta.internal.servlet.ServletCaller;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * The guard of a log-in, before the filter that checks the password. It provides the name for which failures count.
 *
 * @param guard guards the log-in, whatever its HTTP method
 * @param paths the paths of {@code submitted}, as far as they are known
 * @param pagePath the path of the page, null if it is not known
 * @param nameParameter the parameter with the name, null if it is not known
 */
public record LogInGuard(
        HandlerGuard guard,
        RequestMatcher submitted,
        List<String> paths,
        @Nullable String pagePath,
        @Nullable String nameParameter,
        DenialHandler denials)
        implements Filter, PathGuard {
    /** Sessions of visitors who never log in must stay small. */
    private static final int MAX_KEPT_NAME = 256;

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        filter((HttpServletRequest) request, (HttpServletResponse) response, chain);
    }

    private void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        ServletCaller caller = new ServletCaller(request);
        if (submitted.matches(request)) {
            String typed = nameParameter == null ? null : request.getParameter(nameParameter);
            // As the form log-in does before it looks the user up: failures count for that name.
            setName(request, typed == null ? null : typed.trim());
            guard.filter(request, response, chain, (denied, answer, verification, status) -> {
                denials.handle(denied, answer, verification, status);
                // The page that is shown next has no name, and for this one a token may be required of any address.
                if (request.getAttribute(PlaytchaAttributes.NAME) instanceof String name
                        && name.length() <= MAX_KEPT_NAME) {
                    caller.setSessionAttribute(PlaytchaAttributes.NAME, name);
                }
            });
        } else if (caller.path().equals(pagePath) && Set.of("GET", "HEAD").contains(request.getMethod())) {
            setName(request, caller.sessionAttribute(PlaytchaAttributes.NAME));
            guard.show(request, response, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    private static void setName(HttpServletRequest request, @Nullable Object name) {
        if (name != null && request.getAttribute(PlaytchaAttributes.NAME) == null) {
            request.setAttribute(PlaytchaAttributes.NAME, name);
        }
    }

    @Override
    public String name() {
        return guard.guard();
    }

    @Override
    public boolean guards(HttpServletRequest request) {
        return submitted.matches(request);
    }
}
