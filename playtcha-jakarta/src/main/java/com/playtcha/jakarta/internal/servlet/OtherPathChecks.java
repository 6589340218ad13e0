package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.servlet.FilterMappings.Match;
import com.playtcha.jakarta.internal.util.ClassPresence;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of a servlet that serves what a filter guards exactly under other paths too. */
final class OtherPathChecks {
    private static final Logger LOG = LoggerFactory.getLogger(MappingChecks.class);

    private final ServletContext context;
    private final FilterMappings mappings;
    private final ServedPaths served;

    OtherPathChecks(ServletContext context, FilterMappings mappings, ServedPaths served) {
        this.context = context;
        this.mappings = mappings;
        this.served = served;
    }

    /** Looks for what the servlet of a path, without a trailing slash, serves beside it. */
    void check(String filter, String path) {
        Match match = served.match(path);
        if (match == null || mappings.isGuardedByName(match.servlet())) {
            return;
        }
        Set<String> own = FilterMappings.distinct(match.servlet().getMappings());
        if (served.isExtensionless() && path.endsWith(ServedPaths.FACELET)) {
            own.add(path.substring(0, path.length() - ServedPaths.FACELET.length()));
        }
        Set<String> open = own.stream()
                .flatMap(mapping ->
                        keepsWholeViews(match.servlet()) ? Stream.of(mapping) : otherPaths(path, match, mapping))
                .filter(other -> serves(match.servlet(), other) && !mappings.isGuarded(example(other)))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (!open.isEmpty()) {
            LOG.warn(
                    "Filter {} guards {} exactly, but servlet {}, which serves it, is mapped to {} and may serve the"
                            + " same under {}, which no filter of Playtcha guards. Add that to the patterns of the filter",
                    filter,
                    path,
                    match.servlet().getName(),
                    match.servlet().getMappings(),
                    String.join(", ", open));
        }
    }

    /** Returns the paths, the last of which may end in a star, under which a mapping of a servlet may serve a path too. */
    private Stream<String> otherPaths(String path, Match match, String mapping) {
        if (mapping.endsWith("/*")) {
            String prefix = mapping.substring(0, mapping.length() - 2);
            if (path.equals(prefix)) {
                return Stream.of(path + "/*");
            }
            // Faces and its like serve /page.xhtml under a prefix and under other extensions.
            if (path.startsWith(prefix + "/")) {
                // Faces takes a prefix that is repeated for one, and a trailing slash for a part of the page's name.
                return ServedPaths.isFaces(match.servlet())
                        ? Stream.of(path, prefix + prefix + "/*")
                        : Stream.of(path, path + "/");
            }
            return match.mapping().startsWith("*.") ? Stream.of(prefix + path) : Stream.empty();
        }
        // Faces can serve /page.xhtml as /page too, by an exact mapping for each page.
        if (FilterMappings.isExact(mapping)) {
            return match.mapping().startsWith("*.")
                            && path.equals(mapping + match.mapping().substring(1))
                    ? Stream.of(mapping)
                    : Stream.empty();
        }
        if (mapping.startsWith("*.")
                && match.mapping().equals(path)
                && !ServedPaths.isJsp(mapping)
                && served.isFile(path + mapping.substring(1))) {
            return Stream.of(path + mapping.substring(1));
        }
        if (mapping.startsWith("*.") && match.mapping().startsWith("*.") && !ServedPaths.isJsp(match.mapping())) {
            return mapping.equals(match.mapping())
                    ? Stream.empty()
                    : Stream.of(path.substring(0, path.lastIndexOf('.')) + mapping.substring(1));
        }
        return mapping.equals("/") && !ServedPaths.isDefault(match.servlet())
                ? Stream.of(path, path + "/")
                : Stream.empty();
    }

    private boolean serves(ServletRegistration servlet, String path) {
        Match match = served.match(example(path));
        return match != null && match.servlet().getName().equals(servlet.getName());
    }

    /** Returns one of the paths of a mapping. */
    private static String example(String mapping) {
        return mapping.replaceFirst("^\\*", "/-").replace("/*", "/-");
    }

    /**
     * Whether forms carry whole pages of Faces, so that one can be sent to every path: Mojarra runs what it carries. MyFaces
     * refuses the form of another page.
     */
    private boolean keepsWholeViews(ServletRegistration servlet) {
        return ServedPaths.isFaces(servlet)
                && ("false".equalsIgnoreCase(context.getInitParameter("jakarta.faces.PARTIAL_STATE_SAVING"))
                        || context.getInitParameter("jakarta.faces.FULL_STATE_SAVING_VIEW_IDS") != null)
                && !ClassPresence.isPresent(
                        "org.apache.myfaces.webapp.MyFacesContainerInitializer", ServletSettings.classLoader(context));
    }
}
