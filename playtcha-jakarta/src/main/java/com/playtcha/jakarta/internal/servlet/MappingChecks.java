package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.servlet.FilterMappings.Match;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.util.ClassPresence;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns, when a context starts, of guards that a path leads around, and of pages that nothing answers (contract, section 5). */
final class MappingChecks {
    private static final Logger LOG = LoggerFactory.getLogger(MappingChecks.class);
    private static final Pattern FORM_LOGIN = Pattern.compile("<auth-method>\\s*FORM\\s*</auth-method>");
    private static final Pattern WELCOME_FILE = Pattern.compile("<welcome-file>\\s*([^<\\s]+)\\s*</welcome-file>");
    /** Those of an application that declares none. */
    private static final List<String> WELCOME_FILES = List.of("index.html", "index.htm", "index.jsp");
    /** Filters of servers and of Spring that answer no path by themselves. */
    private static final Pattern PASSES_ON = Pattern.compile("com\\.playtcha\\.jakarta\\.[\\w.]+Filter"
            + "|org\\.springframework\\.(web|boot[\\w.]*)\\.filter\\.(?!DelegatingFilterProxy).*"
            + "|org\\.apache\\.(catalina\\.filters|tomcat\\.websocket)\\..*"
            + "|org\\.eclipse\\.jetty\\..*WebSocketUpgradeFilter"
            + "|io\\.undertow\\..*");

    /** The name of Spring Session's filter, which Spring Boot may hide behind a class that it uses for other filters too. */
    private static final String SESSIONS = "springSessionRepositoryFilter";

    /** Filters after which a request has the address of the visitor, and not of the proxy. */
    private static final Set<String> ADDRESS_FILTERS = Set.of(
            "org.apache.catalina.filters.RemoteIpFilter", "org.springframework.web.filter.ForwardedHeaderFilter");

    private static final String FACELET = ".xhtml";
    private static final String DONE = MappingChecks.class.getName();
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final ServletContext context;
    private final LoadedSettings settings;
    private final FilterMappings mappings;
    /** The names of further filters and servlets that answer no path, or whose paths are checked elsewhere. */
    private final Set<String> passingOn;

    private MappingChecks(ServletContext context, LoadedSettings settings, Set<String> passingOn) {
        this.passingOn = passingOn;
        this.context = context;
        this.settings = settings;
        this.mappings = new FilterMappings(context, settings);
    }

    /**
     * Checks a context once. WildFly does not show registrations to a listener that code has added (Jakarta Servlet 6.0,
     * section 4.4), and starts a filter with its first request only, so another thread looks. If it cannot, the start of a
     * filter tries again.
     */
    static void run(ServletContext context, LoadedSettings settings) {
        if (!tryRun(context, settings)) {
            DaemonThreads threads = new DaemonThreads("checks", ServletSettings.classLoader(context));
            threads.start(() -> tryRun(context, settings));
            threads.awaitEnd(TIMEOUT);
        }
    }

    /** Returns false where the registrations cannot be read by this thread. */
    private static boolean tryRun(ServletContext context, LoadedSettings settings) {
        if (context.getAttribute(DONE) != null) {
            return true;
        }
        try {
            new MappingChecks(context, settings, Set.of(SESSIONS)).run();
            AnnotationChecks.checkRegistered(context);
            context.setAttribute(DONE, true);
            logFilters(context, settings, true);
            return true;
        } catch (RuntimeException e) {
            LOG.debug("The mappings cannot be checked now", e);
            return false;
        }
    }

    /**
     * Logs, once, what each filter of the application guards. Jetty does not know the mappings of web.xml yet when it runs
     * the initializer.
     *
     * @param complete whether all mappings are there
     */
    static void logFilters(ServletContext context, LoadedSettings settings, boolean complete) {
        settings.filters().forEach((name, guard) -> {
            String logged = DONE + "." + name;
            FilterRegistration filter = context.getFilterRegistration(name);
            boolean hasMappings = !FilterMappings.patterns(filter).isEmpty()
                    || !FilterMappings.servletNames(filter).isEmpty();
            if ((complete || hasMappings) && context.getAttribute(logged) == null) {
                context.setAttribute(logged, true);
                LOG.info(
                        "Filter {} guards {} as \"{}\": {}",
                        name,
                        FilterMappings.describe(filter),
                        guard.name(),
                        guard.describe());
            }
        });
    }

    private void run() {
        mappings.filters.forEach(this::checkServletNames);
        mappings.filters.forEach(this::checkRoot);
        eachPattern((name, pattern) -> {
            checkFormLogin(name, pattern);
            if (!beginsWithContextPath(name, pattern) && FilterMappings.isExact(pattern)) {
                checkAnswered(name, pattern);
                checkOtherPaths(name, pattern);
            }
            if (pattern.equals("/") || FilterMappings.isExact(pattern)) {
                checkWelcomeFile(name, pattern.replaceFirst("/?$", "/"));
            }
        });
        settings.allFilters().forEach(this::checkFailurePath);
        if (ServletSettings.framework(context) == null) {
            settings.registrations().forEach(this::checkAddress);
        }
    }

    /** Calls the check with each filter's name and patterns, of which those with a trailing slash count as those without. */
    private void eachPattern(BiConsumer<String, String> check) {
        mappings.filters.forEach((name, filter) -> FilterMappings.patterns(filter).stream()
                .map(pattern -> pattern.replaceFirst("(?<=.)/$", ""))
                .distinct()
                .forEach(pattern -> check.accept(name, pattern)));
    }

    /** A filter that registers itself comes before those of web.xml, so that every visitor would have the proxy's address. */
    private void checkAddress(String name, GuardSettings guard) {
        if (guard.get(Setting.AFTER_FAILURES) > 0
                || !guard.get(Setting.EXEMPT_ADDRESSES).isEmpty()) {
            context.getFilterRegistrations().values().stream()
                    .filter(other -> ADDRESS_FILTERS.contains(String.valueOf(other.getClassName())))
                    .forEach(other -> LOG.warn(
                            "Filter {} registers itself before filter {}, so for after-failures and exempt-addresses every"
                                    + " visitor has the address of the proxy. Declare PlaytchaFilter in web.xml after {}"
                                    + " instead of url-patterns, or let the server find the address, as RemoteIpValve does",
                            name,
                            other.getName(),
                            other.getName()));
        }
    }

    /**
     * Checks exact patterns once more where a filter or servlet of a framework, which might answer every path, has hidden
     * that nothing answers them: by then the framework knows which it answers.
     */
    static void checkAnsweredBehind(
            Map<String, Predicate<String>> answering, ServletContext context, LoadedSettings settings) {
        MappingChecks before = new MappingChecks(context, settings, Set.of(SESSIONS));
        Set<String> passingOn = new HashSet<>(answering.keySet());
        passingOn.add(SESSIONS);
        MappingChecks checks = new MappingChecks(context, settings, passingOn);
        checks.eachPattern((name, pattern) -> {
            if (FilterMappings.isExact(pattern)
                    && !checks.isBelowContextPath(pattern)
                    // The others have their warning.
                    && before.isAnswered(pattern)
                    && answering.values().stream().noneMatch(each -> each.test(pattern))) {
                checks.checkAnswered(name, pattern);
            }
        });
    }

    /** Containers accept a filter without a mapping, and a mapping to a servlet that does not exist. */
    private void checkServletNames(String name, FilterRegistration filter) {
        Set<String> names = new LinkedHashSet<>(FilterMappings.servletNames(filter));
        if (names.isEmpty() && FilterMappings.patterns(filter).isEmpty()) {
            LOG.warn("Filter {} has no filter-mapping, so it guards nothing. Map it to the paths of the forms", name);
        }
        names.remove("*");
        mappings.servlets.forEach(servlet -> names.remove(servlet.getName()));
        if (!names.isEmpty()) {
            LOG.warn(
                    "Filter {} is mapped to servlets {}, which the application does not have, so these mappings guard"
                            + " nothing. Correct the names, or map the filter to paths",
                    name,
                    names);
        }
    }

    /** A filter that is mapped to exact paths too means the root page by this pattern. */
    private void checkRoot(String name, FilterRegistration filter) {
        Set<String> patterns = FilterMappings.patterns(filter);
        if (patterns.contains("/")
                && patterns.stream().noneMatch(each -> FilterMappings.isExact(each) || each.equals("/*"))) {
            LOG.warn(
                    "Filter {} is mapped to /, which for a filter is the root page alone on most servers, so this pattern"
                            + " guards no other path. Write /* to guard every path",
                    name);
        }
    }

    private boolean isBelowContextPath(String pattern) {
        String root = context.getContextPath();
        return !root.isEmpty() && (pattern + "/").startsWith(root + "/");
    }

    private boolean beginsWithContextPath(String filter, String pattern) {
        String root = context.getContextPath();
        boolean begins = isBelowContextPath(pattern);
        if (begins) {
            LOG.warn(
                    "Filter {} is mapped to {}, which begins with the application's context path {}: patterns are"
                            + " relative to that path, so this one guards {}{} only. Leave out {}",
                    filter,
                    pattern,
                    root,
                    root,
                    pattern,
                    root);
        }
        return begins;
    }

    private boolean isAnswered(String path) {
        // A mock has no servlets.
        return mappings.servlets.isEmpty()
                || isServed(path)
                || isServed(path + "/")
                || path.equals("/j_security_check")
                || context.getFilterRegistrations().entrySet().stream()
                        .filter(other -> !passingOn.contains(other.getKey())
                                && !PASSES_ON
                                        .matcher(String.valueOf(other.getValue().getClassName()))
                                        .matches())
                        .anyMatch(other -> mayAnswer(other.getValue(), path));
    }

    /** A pattern with an error in it guards nothing, and the form is open. */
    private void checkAnswered(String filter, String path) {
        if (!isAnswered(path)) {
            String below = mappings.servlets.stream()
                    .flatMap(servlet -> FilterMappings.distinct(servlet.getMappings()).stream())
                    .filter(mapping -> mapping.matches("/.+/\\*"))
                    .map(mapping -> "; for the servlet on " + mapping + " it would be "
                            + mapping.substring(0, mapping.length() - 2) + path)
                    .distinct()
                    .sorted()
                    .collect(Collectors.joining());
            LOG.warn(
                    "Filter {} guards {}, which no servlet, file or other filter of the application answers. Correct the"
                            + " pattern, or remove it, unless a WebSocket endpoint has it{}",
                    filter,
                    path,
                    below);
        }
    }

    private boolean isServed(String path) {
        Match match = match(path);
        return match != null
                        && !isDefault(match.servlet())
                        && !passingOn.contains(match.servlet().getName())
                || isFile(path)
                || isExtensionless() && isFile(path + FACELET);
    }

    private boolean mayAnswer(FilterRegistration other, String path) {
        return FilterMappings.servletNames(other).contains("*")
                || FilterMappings.patterns(other).stream()
                        .anyMatch(pattern -> FilterMappings.rank(pattern, path) > FilterMappings.DEFAULT);
    }

    private void checkFormLogin(String filter, String pattern) {
        String server = ServletSettings.formLoginServer(context);
        if (server != null
                && FilterMappings.rank(pattern, "/j_security_check") > FilterMappings.DEFAULT
                && hasFormLogin()) {
            LOG.warn(
                    "Filter {} is mapped to {}, but {} answers /j_security_check, the form login of the application, before"
                            + " it runs filters, so log-ins are not guarded. Guard a log-in page of your own, see \"Guard a"
                            + " log-in\" in docs/cdi-rest.md",
                    filter,
                    pattern,
                    server);
        }
    }

    private boolean hasFormLogin() {
        ContextLifecycle lifecycle = ContextLifecycle.find(context);
        if (lifecycle != null && lifecycle.application().hasFormLogin()) {
            return true;
        }
        return FORM_LOGIN.matcher(webXml()).find();
    }

    /** Returns an empty text where there is none. */
    private String webXml() {
        try (InputStream webXml = context.getResourceAsStream("/WEB-INF/web.xml")) {
            return webXml == null ? "" : new String(webXml.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** Tomcat and others look for the filters of a folder under the path of its welcome file, whose page would be open. */
    private void checkWelcomeFile(String filter, String folder) {
        Match match = match(folder);
        if (match != null && !isDefault(match.servlet())) {
            return;
        }
        List<String> declared = WELCOME_FILE
                .matcher(webXml())
                .results()
                .map(found -> found.group(1))
                .toList();
        Stream.of(declared.isEmpty() ? WELCOME_FILES : declared)
                .flatMap(List::stream)
                .map(name -> folder + name)
                .filter(this::isFile)
                .findFirst()
                .filter(page -> !mappings.isGuarded(page))
                .filter(page -> {
                    Match served = match(page);
                    return served != null
                            && !isDefault(served.servlet())
                            && !mappings.isGuardedByName(served.servlet());
                })
                .ifPresent(page -> LOG.warn(
                        "Filter {} guards {}, a folder whose welcome file is {}. Its page is open under that path, which no"
                                + " filter of Playtcha guards, and on Tomcat and others under that of the folder too. Add"
                                + " {} to the patterns of the filter",
                        filter,
                        folder,
                        page,
                        page));
    }

    /** Looks for what the servlet of a path, without a trailing slash, serves beside it. */
    private void checkOtherPaths(String filter, String path) {
        Match match = match(path);
        if (match == null || mappings.isGuardedByName(match.servlet())) {
            return;
        }
        Set<String> own = FilterMappings.distinct(match.servlet().getMappings());
        if (isExtensionless() && path.endsWith(FACELET)) {
            own.add(path.substring(0, path.length() - FACELET.length()));
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
                return isFaces(match.servlet()) ? Stream.of(path, prefix + prefix + "/*") : Stream.of(path, path + "/");
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
                && !isJsp(mapping)
                && isFile(path + mapping.substring(1))) {
            return Stream.of(path + mapping.substring(1));
        }
        if (mapping.startsWith("*.") && match.mapping().startsWith("*.") && !isJsp(match.mapping())) {
            return mapping.equals(match.mapping())
                    ? Stream.empty()
                    : Stream.of(path.substring(0, path.lastIndexOf('.')) + mapping.substring(1));
        }
        return mapping.equals("/") && !isDefault(match.servlet()) ? Stream.of(path, path + "/") : Stream.empty();
    }

    private boolean serves(ServletRegistration servlet, String path) {
        Match match = match(example(path));
        return match != null && match.servlet().getName().equals(servlet.getName());
    }

    /** Returns one of the paths of a mapping. */
    private static String example(String mapping) {
        return mapping.replaceFirst("^\\*", "/-").replace("/*", "/-");
    }

    private void checkFailurePath(String filter, GuardSettings guard) {
        String path = guard.get(Setting.FAILURE_PATH).orElse(null);
        if (path == null) {
            return;
        }
        String page = path.replaceFirst("[?;].*", "");
        Match match = match(page);
        boolean needsFile = match == null || isDefault(match.servlet()) || isJsp(match.mapping());
        if (needsFile && !isFile(page)) {
            LOG.warn(
                    "failure-path {} of filter {} is neither a file of the application nor a path of a servlet, so a"
                            + " visitor who is denied would get 404. Correct the path, or remove failure-path",
                    path,
                    filter);
        }
    }

    private boolean isFile(String path) {
        try {
            return context.getResource(path) != null;
        } catch (MalformedURLException e) {
            return false;
        }
    }

    /** Whether Faces adds an exact mapping without extension for each page: Mojarra does so after this check. */
    private boolean isExtensionless() {
        return Boolean.parseBoolean(context.getInitParameter("jakarta.faces.AUTOMATIC_EXTENSIONLESS_MAPPING"));
    }

    /** Returns the servlet that the container chooses for a path, once Faces has added its mappings. */
    private @Nullable Match match(String path) {
        Match now = mappings.match(path);
        boolean isExactMatch = now != null && now.mapping().equals(path);
        Match page = !isExactMatch && isExtensionless() && isFile(path + FACELET) ? match(path + FACELET) : null;
        return page == null ? now : new Match(page.servlet(), path);
    }

    /** Whether this is the server's own servlet for files. */
    private static boolean isDefault(ServletRegistration servlet) {
        return servlet.getName().equals("default")
                || String.valueOf(servlet.getClassName()).matches(".*\\bDefault(404)?Servlet");
    }

    private static boolean isFaces(ServletRegistration servlet) {
        return String.valueOf(servlet.getClassName()).endsWith("FacesServlet");
    }

    /**
     * Whether forms carry whole pages of Faces, so that one can be sent to every path: Mojarra runs what it carries. MyFaces
     * refuses the form of another page.
     */
    private boolean keepsWholeViews(ServletRegistration servlet) {
        return isFaces(servlet)
                && ("false".equalsIgnoreCase(context.getInitParameter("jakarta.faces.PARTIAL_STATE_SAVING"))
                        || context.getInitParameter("jakarta.faces.FULL_STATE_SAVING_VIEW_IDS") != null)
                && !ClassPresence.isPresent(
                        "org.apache.myfaces.webapp.MyFacesContainerInitializer", ServletSettings.classLoader(context));
    }

    private static boolean isJsp(String mapping) {
        return mapping.startsWith("*.jsp");
    }
}
