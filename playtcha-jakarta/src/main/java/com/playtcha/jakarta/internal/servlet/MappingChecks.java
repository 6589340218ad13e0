package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.servlet.FilterMappings.Match;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
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

    private static final String DONE = MappingChecks.class.getName();
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final ServletContext context;
    private final LoadedSettings settings;
    private final FilterMappings mappings;
    private final ServedPaths served;
    /** The names of further filters and servlets that answer no path, or whose paths are checked elsewhere. */
    private final Set<String> passingOn;

    private MappingChecks(ServletContext context, LoadedSettings settings, Set<String> passingOn) {
        this.passingOn = passingOn;
        this.context = context;
        this.settings = settings;
        this.mappings = new FilterMappings(context, settings);
        this.served = new ServedPaths(context, mappings);
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
        WelcomeFileChecks welcomeFiles = new WelcomeFileChecks(context, settings, mappings, served);
        OtherPathChecks otherPaths = new OtherPathChecks(context, mappings, served);
        mappings.filters.forEach(this::checkServletNames);
        mappings.filters.forEach(this::checkRoot);
        eachPattern((name, pattern) -> {
            checkFormLogin(name, pattern);
            if (!beginsWithContextPath(name, pattern) && FilterMappings.isExact(pattern)) {
                checkAnswered(name, pattern);
                otherPaths.check(name, pattern);
                welcomeFiles.checkPage(name, pattern);
            }
            if (pattern.equals("/") || FilterMappings.isExact(pattern)) {
                welcomeFiles.checkFolder(name, pattern.replaceFirst("/?$", "/"));
            }
        });
        settings.allFilters()
                .forEach((name, guard) -> checkFailurePath(
                        name,
                        guard,
                        (match, page) -> match == null
                                || ServedPaths.isDefault(match.servlet())
                                || ServedPaths.isJsp(match.mapping())));
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
            Map<String, Predicate<String>> answering,
            Map<String, Set<String>> guarded,
            ServletContext context,
            LoadedSettings settings) {
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
        guarded.forEach((guard, paths) -> paths.stream()
                .map(path -> path.replaceFirst("(?<=.)/$", ""))
                .distinct()
                .filter(FilterMappings::isExact)
                .filter(path -> checks.withPrefixes(path)
                        .noneMatch(each -> checks.isAnswered(each)
                                || answering.values().stream().anyMatch(framework -> framework.test(each))))
                .forEach(path -> LOG.warn(
                        "The guard {} of PlaytchaConfigurer guards {}, which no handler, servlet or file of the application"
                                + " answers. Correct the path, or remove it, unless a WebSocket endpoint has it",
                        guard,
                        path)));
        settings.allFilters()
                .forEach((name, guard) -> checks.checkFailurePath(
                        name,
                        guard,
                        // No handler is asked for the root page.
                        (match, page) -> match != null
                                && answering.containsKey(match.servlet().getName())
                                && !page.equals("/")
                                && answering.values().stream().noneMatch(each -> each.test(page))));
    }

    /** A path in a matcher of Spring Security may be relative to the path of the servlet. */
    private Stream<String> withPrefixes(String path) {
        return Stream.concat(Stream.of(path), prefixes().map(prefix -> prefix + path));
    }

    /** Returns what mappings to all that is below a path begin with. */
    private Stream<String> prefixes() {
        return mappings.servlets.stream()
                .flatMap(servlet -> FilterMappings.distinct(servlet.getMappings()).stream())
                .filter(mapping -> mapping.matches("/.+/\\*"))
                .map(mapping -> mapping.substring(0, mapping.length() - 2));
    }

    /** Containers accept a filter without a mapping, and a mapping to a servlet that does not exist. */
    private void checkServletNames(String name, FilterRegistration filter) {
        Set<String> names = new LinkedHashSet<>(FilterMappings.servletNames(filter));
        if (names.isEmpty()
                && FilterMappings.patterns(filter).isEmpty()
                // MockMvc has no servlets, and shows no mapping of the filters that it calls.
                && !mappings.servlets.isEmpty()) {
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
            String below = prefixes()
                    .map(prefix -> "; for the servlet on " + prefix + "/* it would be " + prefix + path)
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
        Match match = served.match(path);
        return match != null
                        && !ServedPaths.isDefault(match.servlet())
                        && !passingOn.contains(match.servlet().getName())
                || served.isFile(path)
                || served.isExtensionless() && served.isFile(path + ServedPaths.FACELET);
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
        return FORM_LOGIN.matcher(served.webXml()).find();
    }

    private void checkFailurePath(String filter, GuardSettings guard, BiPredicate<@Nullable Match, String> needsFile) {
        String path = guard.get(Setting.FAILURE_PATH).orElse(null);
        if (path == null) {
            return;
        }
        String page = path.replaceFirst("[?;].*", "");
        if (needsFile.test(served.match(page), page) && !served.isFile(page)) {
            LOG.warn(
                    "failure-path {} of filter {} is neither a file of the application nor a path of a servlet, so a"
                            + " visitor who is denied would get 404. Correct the path, or remove failure-path",
                    path,
                    filter);
        }
    }
}
