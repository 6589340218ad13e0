package com.playtcha.jakarta.internal.config;

import static com.playtcha.jakarta.internal.config.InvalidValueException.rejectIf;

import com.playtcha.jakarta.internal.config.ExternalConfig.ConfigValue;
import com.playtcha.jakarta.internal.config.ExternalConfig.Kind;
import com.playtcha.jakarta.internal.config.Setting.Scope;
import com.playtcha.jakarta.internal.util.ClassPresence;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The sources of settings besides init-params, in the contract's order: context-param, then a framework's configuration,
 * then MicroProfile Config where an implementation is present, else system property and environment. Values are as
 * written.
 */
final class Sources {
    static final String PREFIX = "playtcha.";
    private static final String MICROPROFILE_FILE = "META-INF/microprofile-config.properties";
    static final String OPEN = "${";
    /** Expressions can refer to each other. */
    private static final int MAX_DEPTH = 32;

    private final SettingsLoader given;
    final @Nullable ExternalConfig microProfile;
    private final boolean expressionsEnabled;

    Sources(SettingsLoader given, ProblemReport report) {
        this.given = given;
        this.microProfile = microProfile(given.classLoader, report);
        this.expressionsEnabled = !"false".equalsIgnoreCase(written("mp.config.property.expressions.enabled"));
    }

    private static @Nullable ExternalConfig microProfile(ClassLoader loader, ProblemReport report) {
        if (!ClassPresence.isPresent("org.eclipse.microprofile.config.ConfigProvider", loader)) {
            warnOfUnreadFiles(loader, report);
            return null;
        }
        try {
            return MicroProfileSource.open(loader);
        } catch (RuntimeException | LinkageError | ServiceConfigurationError e) {
            report.warning(
                    "PLAYTCHA-0032: the MicroProfile Config API is present but no configuration can be obtained from"
                            + " it (" + e.getClass().getName()
                            + "); system properties and environment variables are read instead.");
            return null;
        }
    }

    /** What such a file is meant to guard stays open, because nothing else reads it. */
    private static void warnOfUnreadFiles(ClassLoader loader, ProblemReport report) {
        Properties unread = new Properties();
        try {
            for (URL file : Collections.list(loader.getResources(MICROPROFILE_FILE))) {
                URLConnection connection = file.openConnection();
                // A cached jar would stay open after the application was undeployed.
                connection.setUseCaches(false);
                try (InputStream in = connection.getInputStream()) {
                    unread.load(in);
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            // The names that were read up to here are reported nevertheless.
        }
        Set<String> names = ours(unread.stringPropertyNames());
        if (!names.isEmpty()) {
            report.warning("PLAYTCHA-0056: " + MICROPROFILE_FILE + " sets " + String.join(", ", names)
                    + ", but nothing reads that file, because the application has no MicroProfile Config; set them in"
                    + " another place, such as context-params, or add an implementation of MicroProfile Config.");
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
    List<ConfigValue> find(String name) {
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
            add(found, given.environment.get(variable), "environment variable " + variable, Kind.PLATFORM);
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
        rejectIf(depth > MAX_DEPTH, "its expressions are nested too deeply or refer to each other");
        StringBuilder out = new StringBuilder();
        String rest = text;
        for (int open = rest.indexOf(OPEN); open >= 0; open = rest.indexOf(OPEN)) {
            int start = open + OPEN.length();
            if (open > 0 && rest.charAt(open - 1) == '\\') {
                out.append(rest, 0, open - 1).append(OPEN);
                rest = rest.substring(start);
                continue;
            }
            int colon = -1;
            int end = start;
            for (int nested = 0; end < rest.length() && (nested > 0 || rest.charAt(end) != '}'); end++) {
                colon = colon < 0 && nested == 0 && rest.charAt(end) == ':' ? end : colon;
                nested += rest.startsWith(OPEN, end) ? 1 : rest.charAt(end) == '}' ? -1 : 0;
            }
            rejectIf(end == rest.length(), "it has an expression without its closing brace");
            String value = values.apply(expand(rest.substring(start, colon < 0 ? end : colon), values, depth + 1));
            String expanded = value == null ? "" : expand(value, values, depth + 1);
            rejectIf(
                    expanded.isEmpty() && colon < 0,
                    "it has an expression that is not set anywhere and has no default");
            out.append(rest, 0, open)
                    .append(expanded.isEmpty() ? expand(rest.substring(colon + 1, end), values, depth + 1) : expanded);
            rest = rest.substring(end + 1);
        }
        return out.append(rest).toString();
    }

    static Set<String> ours(Iterable<String> names) {
        return startingWith(PREFIX, names);
    }

    static Set<String> startingWith(String prefix, Iterable<String> names) {
        Set<String> found = new TreeSet<>();
        names.forEach(found::add);
        found.removeIf(name -> !name.startsWith(prefix));
        return found;
    }
}
