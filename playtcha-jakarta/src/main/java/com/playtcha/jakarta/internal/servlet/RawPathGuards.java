package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.runtime.PlaytchaRuntime;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Guards a path that only frameworks see: Spring MVC and Jakarta REST match it as it was sent, so that {@code /contact/..} is
 * {@code /contact/{topic}} to them and the root to the container, and some parse a URL with what headers say (docs/threats.md).
 */
final class RawPathGuards {
    private static final Pattern UNUSUAL = Pattern.compile("[%;?#]|//|/\\.");
    /** A host, or several, without a character that ends the host in a URL (RFC 3986, section 3.2); or the URL of a host. */
    private static final Pattern HOST = Pattern.compile("[^/?#\\\\]*|https?://[^/?#\\\\]+/?");

    private static final Pattern SCHEME = Pattern.compile("[^:]*");
    private static final Pattern PREFIX = Pattern.compile("(?!.*\\.\\.)[^?#;%\\\\]*");

    private RawPathGuards() {}

    /** Returns the chain behind the guards that the path as it was sent names, and that the container does not run. */
    static FilterChain addTo(FilterChain chain, HttpServletRequest request) {
        String uri = request.getRequestURI();
        boolean anyPath = mayHaveAnyPath(request, uri);
        ContextLifecycle context =
                anyPath || UNUSUAL.matcher(uri).find() ? ContextLifecycle.find(request.getServletContext()) : null;
        if (context == null) {
            return chain;
        }
        String raw = decoded(uri + "/");
        String root = decoded(request.getContextPath());
        String matched = new ServletCaller(request).path();
        FilterChain guarded = chain;
        for (Map.Entry<String, GuardSettings> filter : context.filters().entrySet()) {
            FilterRegistration registration = context.context().getFilterRegistration(filter.getKey());
            Set<String> patterns = registration == null ? Set.of() : FilterMappings.patterns(registration);
            if (patterns.stream().anyMatch(each -> anyPath || names(raw, root, each))
                    && patterns.stream()
                            .noneMatch(each -> FilterMappings.rank(each, matched) > FilterMappings.DEFAULT)) {
                guarded = guard(context, filter.getValue(), guarded);
            }
        }
        return guarded;
    }

    /** Returns whether the URL may get any path from its host or from headers that Spring's ForwardedHeaderFilter reads. */
    private static boolean mayHaveAnyPath(HttpServletRequest request, String uri) {
        return uri.indexOf('?') >= 0
                || uri.indexOf('#') >= 0
                || isOtherThan(HOST, request.getServerName())
                || isOtherThan(HOST, request.getHeader("Host"))
                || isOtherThan(HOST, request.getHeader("X-Forwarded-Host"))
                || isOtherThan(HOST, request.getHeader("Forwarded"))
                || isOtherThan(SCHEME, request.getHeader("X-Forwarded-Proto"))
                || isOtherThan(PREFIX, request.getHeader("X-Forwarded-Prefix"));
    }

    private static boolean isOtherThan(Pattern usual, @Nullable String value) {
        return value != null && !usual.matcher(value).matches();
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

    private static boolean names(String path, String root, String pattern) {
        if (!pattern.endsWith("/*")) {
            return FilterMappings.isExact(pattern) && path.equals(root + pattern + (pattern.endsWith("/") ? "" : "/"));
        }
        String prefix = pattern.substring(0, pattern.length() - 1);
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
