package com.playtcha.jakarta.internal.config;

import static com.playtcha.jakarta.internal.config.Setting.InvalidValueException.rejectIf;

import com.playtcha.jakarta.internal.config.ExternalConfig.ConfigValue;
import com.playtcha.jakarta.internal.config.ExternalConfig.Kind;
import com.playtcha.jakarta.internal.config.ProblemReport.Code;
import com.playtcha.jakarta.internal.config.Setting.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sources of settings besides init-params, in the contract's order: context-param, then a framework's configuration,
 * then MicroProfile Config where an implementation is present, else system property and environment. Values are as
 * written.
 */
final class Sources {
    static final String PREFIX = "playtcha.";

    private static final Pattern IN_GUARD = Pattern.compile("playtcha\\.guards\\.([^.]*)\\..*", Pattern.DOTALL);
    private static final String OPEN = "${";
    /** Expressions can refer to each other. */
    private static final int DEEPEST = 32;

    private final SettingsLoader given;
    private final @Nullable ExternalConfig microProfile;
    private final boolean expressionsEnabled;

    Sources(SettingsLoader given, ProblemReport report) {
        this.given = given;
        this.microProfile = microProfile(given.classLoader, report);
        this.expressionsEnabled = !"false".equalsIgnoreCase(written("mp.config.property.expressions.enabled"));
    }

    private static @Nullable ExternalConfig microProfile(ClassLoader loader, ProblemReport report) {
        try {
            Class.forName("org.eclipse.microprofile.config.ConfigProvider", false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            return null;
        }
        try {
            return MicroProfileSource.open(loader);
        } catch (RuntimeException | LinkageError | ServiceConfigurationError e) {
            report.warning(
                    Code.MICROPROFILE_UNUSABLE,
                    "the MicroProfile Config API is present but no configuration can be obtained from it ("
                            + e.getClass().getName()
                            + "); system properties and environment variables are read instead.");
            return null;
        }
    }

    /** Creates a reader of a guard's settings, or with init-params, of a filter's. */
    SettingsReader reader(String guard, ProblemReport report) {
        return addTo(new SettingsReader(this::expand, report), guard);
    }

    /** Adds the levels of a guard to a reader. Those of the default guard are the application's. */
    SettingsReader addTo(SettingsReader reader, String guard) {
        if (!guard.equals(GuardSettings.DEFAULT_NAME)) {
            reader.add(Scope.GUARD, key -> find(PREFIX + "guards." + guard + "." + key));
        }
        return reader.add(Scope.APPLICATION, key -> find(PREFIX + key));
    }

    /** Returns the values of a full name in the order in which they apply. */
    private List<ConfigValue> find(String name) {
        List<ConfigValue> found = new ArrayList<>();
        add(found, given.contextParams.get(name), paramOrigin(name), Kind.WEB_XML);
        if (given.framework != null) {
            found.addAll(given.framework.find(name));
        }
        if (microProfile != null) {
            // It has system properties and the environment as sources too. They follow once more as what they are.
            found.addAll(microProfile.find(name));
        }
        add(found, given.systemProperties.getProperty(name), "system property " + name, Kind.PLATFORM);
        String upper = environmentName(name);
        // Names in expressions are looked up as MicroProfile Config does.
        for (String variable : name.startsWith(PREFIX) ? List.of(upper) : List.of(name, underscored(name), upper)) {
            add(found, given.environment.apply(variable), "environment variable " + variable, Kind.PLATFORM);
        }
        return found;
    }

    private static void add(List<ConfigValue> found, @Nullable String text, String origin, Kind kind) {
        if (text != null) {
            found.add(new ConfigValue(text, origin, kind));
        }
    }

    private static String underscored(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "_");
    }

    /** Returns {@code PLAYTCHA_FAIL_CLOSED} for {@code playtcha.fail-closed}. */
    static String environmentName(String name) {
        return underscored(name).toUpperCase(Locale.ROOT);
    }

    /** Returns the words for a context-param in an error text. */
    private String paramOrigin(String name) {
        return given.fromMap ? "key " + name.replaceFirst("^playtcha\\.", "") + " of the map" : "context-param " + name;
    }

    /** Replaces every expression in a text. */
    String expand(String text) {
        return expressionsEnabled ? expand(text, this::written, 0) : text;
    }

    /** Returns the value that an expression's name has. */
    private @Nullable String written(String name) {
        return find(name).stream()
                .map(ConfigValue::text)
                .filter(text -> text != null && !text.isEmpty())
                .findFirst()
                .orElse(null);
    }

    /**
     * Replaces the expressions of MicroProfile Config: <code>${name}</code>, <code>${name:default}</code>, either nested,
     * and a backslash before the dollar sign as escape. Unlike there, a name with an empty value is not set.
     */
    static String expand(String text, Function<String, @Nullable String> values, int depth) {
        rejectIf(depth > DEEPEST, "its expressions are nested too deeply or refer to each other");
        StringBuilder out = new StringBuilder();
        int at = 0;
        for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, at)) {
            int start = open + OPEN.length();
            if (open > at && text.charAt(open - 1) == '\\') {
                out.append(text, at, open - 1).append(OPEN);
                at = start;
            } else {
                int end = indexOf('}', text, start);
                rejectIf(end < 0, "it has an expression without its closing brace");
                out.append(text, at, open).append(resolve(text.substring(start, end), values, depth + 1));
                at = end + 1;
            }
        }
        return out.append(text, at, text.length()).toString();
    }

    private static String resolve(String expression, Function<String, @Nullable String> values, int depth) {
        int colon = indexOf(':', expression, 0);
        String value = values.apply(expand(colon < 0 ? expression : expression.substring(0, colon), values, depth));
        String expanded = value == null ? "" : expand(value, values, depth);
        rejectIf(expanded.isEmpty() && colon < 0, "it has an expression that is not set anywhere and has no default");
        return expanded.isEmpty() ? expand(expression.substring(colon + 1), values, depth) : expanded;
    }

    /** The first such character outside of nested expressions, or -1. */
    private static int indexOf(char wanted, String text, int from) {
        int nested = 0;
        for (int i = from; i < text.length(); i++) {
            if (nested == 0 && text.charAt(i) == wanted) {
                return i;
            }
            if (text.startsWith(OPEN, i)) {
                nested++;
            } else if (text.charAt(i) == '}') {
                nested--;
            }
        }
        return -1;
    }

    /** Reports names that no setting has and names in the wrong place, in all sources but the environment. */
    void checkNames(Collection<String> guards, ProblemReport report) {
        List<String> valid = new ArrayList<>(Setting.keysAt(Scope.APPLICATION));
        for (String guard : guards) {
            Setting.keysAt(Scope.GUARD).forEach(key -> valid.add("guards." + guard + "." + key));
        }
        String prefix = given.fromMap ? "" : PREFIX;
        for (String name : ours(given.contextParams.keySet())) {
            check(paramOrigin(name), name, prefix, guards, valid, report);
        }
        Set<String> inFiles = new TreeSet<>();
        if (given.framework != null) {
            inFiles.addAll(ours(given.framework.names()));
            // Spring reads failClosed and failclosed as fail-closed.
            inFiles.removeIf(name ->
                    valid.stream().anyMatch(key -> name.replace("-", "").equals(PREFIX + key.replace("-", ""))));
        }
        if (microProfile != null) {
            // It lists system properties, and playtcha.fail.closed for PLAYTCHA_FAIL_CLOSED.
            ours(microProfile.names()).stream()
                    .filter(name -> given.systemProperties.getProperty(name) == null
                            && given.environment.apply(name) == null
                            && given.environment.apply(environmentName(name)) == null)
                    .forEach(inFiles::add);
        }
        for (String name : inFiles) {
            List<ConfigValue> found = find(name);
            String origin = found.isEmpty() ? "property " + name : found.get(0).origin();
            check(origin, name, PREFIX, guards, valid, report);
        }
        ProblemReport unknown = new ProblemReport(report);
        for (String name : ours(given.systemProperties.stringPropertyNames())) {
            check("system property " + name, name, PREFIX, guards, valid, unknown);
        }
        if (unknown.hasProblems()) {
            report.warning(
                    Code.UNKNOWN_SYSTEM_PROPERTY,
                    "these system properties set nothing: " + String.join(" ", unknown.problems()));
        }
    }

    private static Set<String> ours(Iterable<String> names) {
        Set<String> ours = new TreeSet<>();
        for (String name : names) {
            if (name.startsWith(PREFIX)) {
                ours.add(name);
            }
        }
        return ours;
    }

    private static void check(
            String origin,
            String name,
            String prefix,
            Collection<String> guards,
            List<String> valid,
            ProblemReport report) {
        Matcher inGuard = IN_GUARD.matcher(name);
        if (inGuard.matches() && !guards.contains(inGuard.group(1))) {
            report.problem(
                    Code.UNDECLARED_GUARD,
                    origin + " has no effect, because guard \"" + inGuard.group(1) + "\" is not declared; "
                            + declaredOnly(guards) + ".");
        } else {
            Setting.check(origin, name.substring(PREFIX.length()), prefix, valid, report);
        }
    }

    static String declaredOnly(Collection<String> guards) {
        return "playtcha.guards declares " + (guards.isEmpty() ? "none" : "only " + String.join(", ", guards));
    }
}
