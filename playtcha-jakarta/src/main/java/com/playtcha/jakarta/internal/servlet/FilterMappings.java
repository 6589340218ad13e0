package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.config.LoadedSettings;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the filters of this library and the servlets of a context are mapped to, by the rules of Servlet 6.0, section 12. */
final class FilterMappings {
    /** How well the mapping {@code /} matches any path. */
    static final int DEFAULT = 1;

    final Map<String, FilterRegistration> filters = new LinkedHashMap<>();
    final Collection<? extends ServletRegistration> servlets;

    /** A servlet with one of its mappings. */
    record Match(ServletRegistration servlet, String mapping) {}

    FilterMappings(ServletContext context, LoadedSettings settings) {
        this.servlets = context.getServletRegistrations().values();
        for (String name : settings.allFilters().keySet()) {
            FilterRegistration filter = context.getFilterRegistration(name);
            if (filter != null) {
                filters.put(name, filter);
            }
        }
        // A listener may have registered more after the settings were loaded.
        context.getFilterRegistrations().forEach((name, filter) -> {
            if (ServletSettings.isOurs(filter.getClassName(), ServletSettings.classLoader(context))) {
                filters.putIfAbsent(name, filter);
            }
        });
    }

    /** Whether the application has registered a filter of this library, in code too. */
    static boolean hasFilter(ServletContext context) {
        try {
            return context.getFilterRegistrations().values().stream()
                    .anyMatch(filter ->
                            ServletSettings.isOurs(filter.getClassName(), ServletSettings.classLoader(context)));
        } catch (RuntimeException notShownToListeners) {
            return false;
        }
    }

    /** Returns what a filter is mapped to, for the log. */
    static String describe(FilterRegistration filter) {
        Set<String> servlets = servletNames(filter);
        return patterns(filter) + (servlets.isEmpty() ? "" : " and servlets " + servlets);
    }

    static Set<String> patterns(FilterRegistration filter) {
        return distinct(filter.getUrlPatternMappings());
    }

    static Set<String> servletNames(FilterRegistration filter) {
        return distinct(filter.getServletNameMappings());
    }

    /** Open Liberty has null for none. */
    static Set<String> distinct(@Nullable Collection<String> mappings) {
        return mappings == null ? Set.of() : new LinkedHashSet<>(mappings);
    }

    /** Returns the patterns, and for each exact one the same path with a trailing slash, which frameworks serve alike. */
    static Set<String> withTrailingSlashes(Collection<String> patterns) {
        Set<String> all = new LinkedHashSet<>(patterns);
        patterns.stream()
                .filter(pattern -> isExact(pattern) && !pattern.endsWith("/"))
                .forEach(pattern -> all.add(pattern + "/"));
        return all;
    }

    /** Whether a filter of this library matches a path, the end of which may be a star, by its patterns. */
    boolean isGuarded(String path) {
        String example = path.replace("/*", "/-");
        return filters.values().stream()
                .flatMap(filter -> patterns(filter).stream())
                .anyMatch(pattern -> rank(pattern, example) > DEFAULT);
    }

    /** Whether a filter of the application guards the path of a request, by whatever dispatch it came. */
    static boolean isGuarded(HttpServletRequest request) {
        ContextLifecycle holder = ContextLifecycle.find(request.getServletContext());
        if (holder == null || holder.settings() == null) {
            return false;
        }
        try {
            return new FilterMappings(holder.context(), holder.settings()).covers(new ServletCaller(request).path());
        } catch (RuntimeException notShownNow) {
            return true;
        }
    }

    /** Whether a filter of this library runs for requests to a path. */
    boolean covers(String path) {
        Match match = match(path);
        return isGuarded(path) || match != null && isGuardedByName(match.servlet);
    }

    boolean isGuardedByName(ServletRegistration servlet) {
        return filters.values().stream().anyMatch(filter -> servletNames(filter).contains(servlet.getName()));
    }

    /** Returns the servlet that the container chooses for a path, by the rules of Servlet 6.0, section 12.1. */
    @Nullable
    Match match(String path) {
        Match best = null;
        for (ServletRegistration servlet : servlets) {
            for (String mapping : distinct(servlet.getMappings())) {
                if (rank(mapping, path) > (best == null ? 0 : rank(best.mapping, path))) {
                    best = new Match(servlet, mapping);
                }
            }
        }
        return best;
    }

    /** Returns how well a mapping matches a path, 0 if it does not: exact, then the longest prefix, extension, default. */
    static int rank(String mapping, String path) {
        if (mapping.equals(path)) {
            return Integer.MAX_VALUE;
        }
        if (mapping.endsWith("/*")) {
            String prefix = mapping.substring(0, mapping.length() - 1);
            return (path + "/").startsWith(prefix) ? 2 + prefix.length() : 0;
        }
        if (mapping.startsWith("*.")) {
            String name = path.substring(path.lastIndexOf('/') + 1);
            return name.endsWith(mapping.substring(1)) ? 2 : 0;
        }
        return mapping.equals("/") ? DEFAULT : 0;
    }

    static boolean isExact(String pattern) {
        return pattern.startsWith("/") && !pattern.endsWith("/*") && !pattern.equals("/");
    }
}
