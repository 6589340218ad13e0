package com.playtcha.jakarta.internal.spring.security;

import com.playtcha.jakarta.internal.spring.AnsweredPaths;
import com.playtcha.jakarta.internal.spring.SpringApplicationGuards;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AbstractAuthenticationProcessingFilter;
import org.springframework.security.web.authentication.logout.LogoutFilter;
import org.springframework.security.web.authentication.ott.GenerateOneTimeTokenFilter;
import org.springframework.security.web.context.AbstractSecurityWebApplicationInitializer;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.context.WebApplicationContext;

/**
 * Warns of a path that a guard in a chain never sees, because requests to it do not reach the chain, or because a filter
 * before the guard answers them, as the form log-in does: its form is open. Says nothing where path and method alone do not
 * decide it, as with patterns of paths and matchers that read headers.
 */
final class ChainPathsCheck implements ApplicationListener<ApplicationReadyEvent>, AnsweredPaths {
    private static final Logger LOG = LoggerFactory.getLogger(ChainPathsCheck.class);
    /** The bean by which Spring Boot registers the filter of Spring Security. */
    private static final String REGISTRATION = "securityFilterChainRegistration";

    private static final String PATTERN = ".*[*?{].*";
    /** The filters that answer no path, or none but that of {@link #submission}. */
    private static final Pattern PASSES_ON = Pattern.compile(
            "com\\.playtcha\\.jakarta\\.internal\\..*"
                    + "|org\\.springframework\\.(web\\.filter|security\\.web)\\.(?!webauthn\\.|authentication\\.switchuser\\.).*");

    private static final List<String> UNSAFE_METHODS = List.of("POST", "PUT", "PATCH", "DELETE");

    private final ObjectProvider<FilterChainProxy> proxy;

    ChainPathsCheck(ObjectProvider<FilterChainProxy> proxy) {
        this.proxy = proxy;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent ready) {
        SpringApplicationGuards.check(() -> check(ready));
    }

    private void check(ApplicationReadyEvent ready) {
        // With chains that ignore requests, which are no beans.
        FilterChainProxy all = proxy.getIfUnique();
        ServletContext context =
                ready.getApplicationContext() instanceof WebApplicationContext web ? web.getServletContext() : null;
        if (all != null && context != null) {
            List<SecurityFilterChain> chains = all.getFilterChains();
            chains.forEach(chain -> guards(chain)
                    .forEach(guard -> guard.paths().forEach(path -> {
                        String name = name(chain, ready.getApplicationContext());
                        if (isMissed(path, guard, chains, context)) {
                            LOG.warn(
                                    "The guard {} of PlaytchaConfigurer never sees {}: its SecurityFilterChain, {},"
                                            + " does not get requests to that path, because its securityMatcher excludes"
                                            + " them or an earlier chain takes them. Place the guard in the chain that"
                                            + " gets them, or set playtcha.url-patterns for it instead",
                                    guard.name(),
                                    path,
                                    name);
                        }
                        answering(path, guard, chain, context)
                                .forEach(filter -> LOG.warn(
                                        "The guard {} of PlaytchaConfigurer never sees {}: {} of its"
                                                + " SecurityFilterChain, {}, answers it before. Guard it by logIn instead"
                                                + " of guard, or set playtcha.url-patterns for it",
                                        guard.name(),
                                        path,
                                        filter.getClass().getSimpleName(),
                                        name));
                    })));
            checkFilters(ready.getApplicationContext(), chains, context);
        }
    }

    /** A filter of {@code url-patterns} that {@code filter-order} places behind Spring Security does not see its log-ins. */
    private static void checkFilters(
            ApplicationContext beans, List<SecurityFilterChain> chains, ServletContext context) {
        if (beans.containsBean(REGISTRATION) && beans.getBean(REGISTRATION) instanceof Ordered security) {
            Stream.of(beans.getBeanNamesForType(FilterRegistrationBean.class, true, false))
                    .filter(bean -> bean.startsWith(SpringApplicationGuards.FILTER_BEAN))
                    .map(bean -> Map.entry(
                            bean.substring(SpringApplicationGuards.FILTER_BEAN.length()),
                            (FilterRegistrationBean<?>) beans.getBean(bean)))
                    .filter(filter -> filter.getValue().getOrder() > security.getOrder())
                    .forEach(filter -> filter.getValue().getUrlPatterns().stream()
                            .filter(path -> !path.matches(PATTERN))
                            .forEach(path -> answering(path, chains, context)
                                    .forEach(answering -> LOG.warn(
                                            "Filter {} never sees {}: {} of Spring Security answers it before, since"
                                                    + " filter-order places the filter behind Spring Security. Guard it by logIn of"
                                                    + " PlaytchaConfigurer, or leave filter-order out",
                                            filter.getKey(),
                                            path,
                                            answering))));
        }
    }

    /** Returns the names of the log-ins and the like that answer a path in the chain that gets it. */
    private static Stream<String> answering(String path, List<SecurityFilterChain> chains, ServletContext context) {
        return UNSAFE_METHODS.stream()
                .flatMap(method -> chains.stream()
                        .filter(chain -> maySee(chain, chains, PathRequest.of(method, context, path)))
                        .flatMap(chain -> chain.getFilters().stream())
                        .filter(filter -> answers(filter, method, path, context)))
                .map(filter -> filter.getClass().getSimpleName())
                .distinct();
    }

    @Override
    public String name() {
        return AbstractSecurityWebApplicationInitializer.DEFAULT_FILTER_NAME;
    }

    @Override
    public boolean mayAnswer(String path, ServletContext context) {
        FilterChainProxy all = proxy.getIfUnique();
        return all == null
                ? context.getFilterRegistration(name()) != null
                : all.getFilterChains().stream()
                        .flatMap(chain -> chain.getFilters().stream())
                        .anyMatch(filter -> mayAnswer(filter, path, context));
    }

    /** Returns no paths of log-ins: these may have been moved, and their guards follow them. */
    @Override
    public Map<String, Set<String>> guardedPaths() {
        FilterChainProxy all = proxy.getIfUnique();
        return all == null
                ? Map.of()
                : all.getFilterChains().stream()
                        .flatMap(ChainPathsCheck::guards)
                        .filter(ChainGuard.class::isInstance)
                        .collect(Collectors.groupingBy(
                                PathGuard::name,
                                Collectors.flatMapping(
                                        guard -> guard.paths().stream().filter(path -> !path.matches(PATTERN)),
                                        Collectors.toSet())));
    }

    @Override
    public boolean mayGuard(String path, ServletContext context) {
        FilterChainProxy all = proxy.getIfUnique();
        return all != null
                && all.getFilterChains().stream()
                        .flatMap(ChainPathsCheck::guards)
                        .anyMatch(guard -> UNSAFE_METHODS.stream()
                                .anyMatch(method -> test(guard::guards, PathRequest.of(method, context, path), true)));
    }

    private static String name(SecurityFilterChain chain, ApplicationContext beans) {
        return beans.getBeansOfType(SecurityFilterChain.class).entrySet().stream()
                .filter(each -> each.getValue() == chain)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(chain::toString);
    }

    /** Returns the log-ins and the like before the guard, such as the form log-in, that answer a path by themselves. */
    private static Stream<Filter> answering(
            String path, PathGuard guard, SecurityFilterChain chain, ServletContext context) {
        return chain.getFilters().stream()
                .takeWhile(filter -> filter != guard)
                .filter(filter -> UNSAFE_METHODS.stream()
                        .anyMatch(method ->
                                isOf(path, guard, method, context) && answers(filter, method, path, context)));
    }

    private static boolean answers(Filter filter, String method, String path, ServletContext context) {
        return submission(filter) instanceof RequestMatcher answered
                && test(answered::matches, PathRequest.of(method, context, path), false)
                // One of every path, such as that of bearer tokens, may pass requests on.
                && !test(answered::matches, PathRequest.of(method, context, path + "/-"), true);
    }

    private static boolean isOf(String path, PathGuard guard, String method, ServletContext context) {
        return !path.matches(PATTERN) && test(guard::guards, PathRequest.of(method, context, path), false);
    }

    /** A filter of the application, or of a framework's endpoint, may answer any path. */
    private static boolean mayAnswer(Filter filter, String path, ServletContext context) {
        return submission(filter) instanceof RequestMatcher answered
                ? UNSAFE_METHODS.stream()
                        .anyMatch(method -> test(answered::matches, PathRequest.of(method, context, path), true))
                : !PASSES_ON.matcher(filter.getClass().getName()).matches();
    }

    private static @Nullable Object submission(Filter filter) {
        if (filter instanceof AbstractAuthenticationProcessingFilter) {
            return LogInEventsCheck.read(filter, "requiresAuthenticationRequestMatcher");
        }
        if (filter instanceof LogoutFilter) {
            return LogInEventsCheck.read(filter, "logoutRequestMatcher");
        }
        if (filter instanceof GenerateOneTimeTokenFilter) {
            return LogInEventsCheck.read(filter, "requestMatcher");
        }
        // Spring Security 7 has these in a jar of their own.
        return filter.getClass().getName().startsWith("org.springframework.security.web.webauthn.")
                ? Stream.of("matcher", "registerCredentialMatcher")
                        .map(field -> LogInEventsCheck.read(filter, field))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null)
                : null;
    }

    private static Stream<PathGuard> guards(SecurityFilterChain chain) {
        return chain.getFilters().stream().filter(PathGuard.class::isInstance).map(PathGuard.class::cast);
    }

    /** Returns whether a path that the guard names is certainly guarded in no chain that requests to it reach. */
    private static boolean isMissed(
            String path, PathGuard guard, List<SecurityFilterChain> chains, ServletContext context) {
        // Not parsed: a log-in's pattern may be of a kind that the parser refuses.
        if (path.matches(PATTERN) || isBelowServlet(path, context)) {
            return false;
        }
        List<HttpServletRequest> requests = UNSAFE_METHODS.stream()
                .map(method -> PathRequest.of(method, context, path))
                .filter(request -> test(guard::guards, request, false))
                .toList();
        return !requests.isEmpty()
                && requests.stream()
                        .noneMatch(request -> chains.stream()
                                .anyMatch(chain -> maySee(chain, chains, request)
                                        && guards(chain).anyMatch(each -> test(each::guards, request, true))));
    }

    /** Matchers may compare the servlet's path, which a request has only when it is sent. */
    private static boolean isBelowServlet(String path, ServletContext context) {
        return context.getServletRegistrations().values().stream()
                .flatMap(servlet -> servlet.getMappings().stream())
                .anyMatch(mapping ->
                        mapping.endsWith("/*") && (path + "/").startsWith(mapping.substring(0, mapping.length() - 1)));
    }

    private static boolean maySee(
            SecurityFilterChain seeing, List<SecurityFilterChain> chains, HttpServletRequest request) {
        for (SecurityFilterChain chain : chains) {
            if (test(chain::matches, request, chain == seeing)) {
                return chain == seeing;
            }
        }
        return false;
    }

    private static boolean test(
            Predicate<HttpServletRequest> matcher, HttpServletRequest request, boolean whereUndecided) {
        try {
            return matcher.test(request);
        } catch (RuntimeException e) {
            // Of PathRequest, above all.
            return whereUndecided;
        }
    }
}
