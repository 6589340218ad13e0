package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.runtime.PlaytchaRuntime;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Guards a path in a spelling that no browser sends, and by which a framework reaches what the container does not match: Spring
 * MVC and Jakarta REST match the path as it was sent, so that {@code /contact/..} is {@code /contact/{topic}} to them and the
 * root to the container, and Spring's {@code AntPathMatcher} reads {@code //contact} as {@code /contact}, which Undertow does not.
 * On Open Liberty, Jakarta REST even takes a path from the header {@code Host}, since it parses the URL of the request.
 */
final class RawPathGuards {
    private static final Pattern UNUSUAL = Pattern.compile("%|;|//|/\\.");
    /** What ends the host in a URL (RFC 3986, section 3.2). */
    private static final Pattern END_OF_HOST = Pattern.compile("[/?#\\\\]");

    private RawPathGuards() {}

    /** Returns the chain behind the guards that the path as it was sent names, and that the container does not run. */
    static FilterChain addTo(FilterChain chain, HttpServletRequest request) {
        String uri = request.getRequestURI();
        List<String> hosts = hostsWithPaths(request);
        ContextLifecycle context = !hosts.isEmpty() || UNUSUAL.matcher(uri).find()
                ? ContextLifecycle.find(request.getServletContext())
                : null;
        if (context == null || context.settings() == null) {
            return chain;
        }
        String raw = decoded(uri + "/");
        List<String> urls = hosts.stream()
                .map(host -> decoded(host.replaceAll("[?#]", "/") + uri + "/"))
                .toList();
        String root = decoded(request.getContextPath());
        String matched = new ServletCaller(request).path();
        FilterChain guarded = chain;
        for (Map.Entry<String, GuardSettings> filter :
                context.settings().allFilters().entrySet()) {
            FilterRegistration registration = context.context().getFilterRegistration(filter.getKey());
            Set<String> patterns = registration == null ? Set.of() : FilterMappings.patterns(registration);
            if (patterns.stream()
                            .anyMatch(each -> isPath(each)
                                    && (names(raw, root, each)
                                            || urls.stream().anyMatch(url -> url.contains(prefix(each)))))
                    && patterns.stream()
                            .noneMatch(each -> FilterMappings.rank(each, matched) > FilterMappings.DEFAULT)) {
                guarded = guard(context, filter.getValue(), guarded);
            }
        }
        return guarded;
    }

    private static FilterChain guard(ContextLifecycle context, GuardSettings settings, FilterChain onward) {
        return (request, response) -> {
            PlaytchaRuntime runtime = context.application().start();
            VerificationFilter.handle(
                    (HttpServletRequest) request,
                    (HttpServletResponse) response,
                    onward,
                    new VerificationFilter.ActiveFilter(
                            context,
                            runtime.guard(settings),
                            runtime.bodies(),
                            new DenialWriter(settings, runtime, false, null),
                            false));
        };
    }

    /** Returns the hosts, and the schemes, that are none, of the request or of headers from which a filter makes those. */
    private static List<String> hostsWithPaths(HttpServletRequest request) {
        String scheme = request.getHeader("X-Forwarded-Proto");
        return Stream.of(
                        request.getServerName(),
                        request.getHeader("Host"),
                        request.getHeader("X-Forwarded-Host"),
                        request.getHeader("Forwarded"),
                        scheme != null && scheme.indexOf(':') >= 0 ? scheme : null)
                .filter(host -> host != null && END_OF_HOST.matcher(host).find())
                .toList();
    }

    private static boolean isPath(String pattern) {
        return pattern.endsWith("/*") || FilterMappings.isExact(pattern);
    }

    /** Returns what a path of the pattern begins with, or is with a slash behind it. */
    private static String prefix(String pattern) {
        return pattern.replaceFirst("/?\\*?$", "/");
    }

    private static boolean names(String path, String root, String pattern) {
        String prefix = prefix(pattern);
        if (!pattern.endsWith("/*")) {
            return path.equals(root + prefix);
        }
        // With dot segments, another path may lead to the root of the application.
        return path.startsWith(root + prefix)
                || (path.contains("/../") || path.contains("/./")) && path.contains(prefix);
    }

    /** Returns a path decoded once, without path parameters and repeated slashes; null is the root. */
    private static String decoded(@Nullable String path) {
        // An escape that is none is refused by containers, or left as it is.
        String escaped = (path == null ? "" : path)
                .replaceAll(";[^/]*", "")
                .replaceAll("%(?![0-9A-Fa-f]{2})", "%25")
                .replace("+", "%2B");
        return URLDecoder.decode(escaped, StandardCharsets.UTF_8).replaceAll("[/\\\\]+", "/");
    }
}
