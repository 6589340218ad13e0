package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.ExternalConfig.ConfigValue;
import com.playtcha.jakarta.internal.config.ExternalConfig.Kind;
import com.playtcha.jakarta.internal.config.ProblemReport.Code;
import com.playtcha.jakarta.internal.config.Setting.InvalidValueException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The sources of settings besides init-params, in the contract's order: context-param, then a framework's configuration,
 * then MicroProfile Config where an implementation is present, else system property and environment. Values are as
 * written.
 */
final class Sources {
    static final String PREFIX = "playtcha.";

    private final SettingsLoader given;
    private final @Nullable ExternalConfig microProfile;
    private final Expressions expressions = new Expressions(this::written);
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
        if (!name.startsWith(PREFIX)) {
            // For expressions, as MicroProfile Config finds them.
            for (String variable : List.of(name, underscored(name))) {
                add(found, given.environment.apply(variable), "environment variable " + variable, Kind.PLATFORM);
            }
        }
        String variable = environmentName(name);
        add(found, given.environment.apply(variable), "environment variable " + variable, Kind.PLATFORM);
        return found;
    }

    private static void add(List<ConfigValue> found, @Nullable String text, String origin, Kind kind) {
        if (text != null) {
            found.add(new ConfigValue(text, origin, kind));
        }
    }

    String expand(String text) throws InvalidValueException {
        return expressionsEnabled ? expressions.expand(text) : text;
    }

    /** Returns the value that an expression's name has. */
    private @Nullable String written(String name) {
        return find(name).stream()
                .map(ConfigValue::text)
                .filter(text -> text != null && !text.isEmpty())
                .findFirst()
                .orElse(null);
    }

    private static String underscored(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "_");
    }

    /** Returns {@code PLAYTCHA_FAIL_CLOSED} for {@code playtcha.fail-closed}. */
    static String environmentName(String name) {
        return underscored(name).toUpperCase(Locale.ROOT);
    }

    /** Returns what an error text puts before a valid key of a context-param. */
    String paramPrefix() {
        return given.fromMap ? "" : PREFIX;
    }

    /** Returns the words for a context-param in an error text. */
    String paramOrigin(String name) {
        return given.fromMap ? "key " + name.substring(PREFIX.length()) + " of the map" : "context-param " + name;
    }

    Set<String> contextParamNames() {
        return ours(given.contextParams.keySet());
    }

    Set<String> systemPropertyNames() {
        return ours(given.systemProperties.stringPropertyNames());
    }

    /** Returns our names in the framework's configuration, in lower case and with or without dashes. */
    Set<String> frameworkNames() {
        return given.framework == null ? new TreeSet<>() : ours(given.framework.names());
    }

    /**
     * Returns our names in configuration files. Names of system properties are left out, and so are those that may come
     * from the environment: implementations list {@code playtcha.fail.closed} for {@code PLAYTCHA_FAIL_CLOSED}.
     */
    Set<String> microProfileNames() {
        Set<String> names = microProfile == null ? new TreeSet<>() : ours(microProfile.names());
        names.removeIf(name -> given.systemProperties.getProperty(name) != null
                || given.environment.apply(name) != null
                || given.environment.apply(environmentName(name)) != null);
        return names;
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
}
