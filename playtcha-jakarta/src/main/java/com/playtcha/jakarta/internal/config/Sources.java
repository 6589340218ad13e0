package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.ConfigValue.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sources of settings besides init-params, in the contract's order: context-param, then a framework's configuration,
 * then MicroProfile Config where an implementation is present, else system property and environment. Values are as
 * written.
 */
final class Sources {
    static final String PREFIX = "playtcha.";

    private static final Pattern NOT_IN_VARIABLES = Pattern.compile("[^A-Za-z0-9]");
    private static final String EXPRESSIONS_ENABLED = "mp.config.property.expressions.enabled";

    private final Map<String, String> contextParams;
    /** Whether the context-params are the settings that code passes instead. */
    private final boolean fromMap;

    private final @Nullable ExternalConfig framework;
    private final @Nullable ExternalConfig microProfile;
    private final Properties systemProperties;
    private final UnaryOperator<@Nullable String> environment;
    private final Expressions expressions = new Expressions(this::written);
    private final boolean expressionsEnabled;

    private Sources(
            Map<String, String> contextParams,
            boolean fromMap,
            @Nullable ExternalConfig framework,
            @Nullable ExternalConfig microProfile,
            Properties systemProperties,
            UnaryOperator<@Nullable String> environment) {
        this.contextParams = contextParams;
        this.fromMap = fromMap;
        this.framework = framework;
        this.microProfile = microProfile;
        this.systemProperties = systemProperties;
        this.environment = environment;
        this.expressionsEnabled = !"false".equalsIgnoreCase(written(EXPRESSIONS_ENABLED));
    }

    static Sources open(
            Map<String, String> contextParams,
            boolean fromMap,
            @Nullable ExternalConfig framework,
            ClassLoader loader,
            Properties systemProperties,
            UnaryOperator<@Nullable String> environment,
            ProblemReport report) {
        return new Sources(
                contextParams, fromMap, framework, microProfile(loader, report), systemProperties, environment);
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
                    ProblemCode.MICROPROFILE_UNUSABLE,
                    "the MicroProfile Config API is present but no configuration can be obtained from it ("
                            + e.getClass().getName()
                            + "); system properties and environment variables are read instead.");
            return null;
        }
    }

    /** Returns the values of a full name in the order in which they apply. */
    List<ConfigValue> find(String name) {
        List<ConfigValue> found = new ArrayList<>();
        String param = contextParams.get(name);
        if (param != null) {
            found.add(new ConfigValue(param, paramOrigin(name), Kind.WEB_XML));
        }
        if (framework != null) {
            found.addAll(framework.find(name));
        }
        if (microProfile != null) {
            // It has system properties and the environment as sources too. They follow once more as what they are.
            found.addAll(microProfile.find(name));
        }
        String property = systemProperties.getProperty(name);
        if (property != null) {
            found.add(new ConfigValue(property, "system property " + name, Kind.PLATFORM));
        }
        String variable = environmentName(name);
        String value = environment.apply(variable);
        if (value != null) {
            found.add(new ConfigValue(value, "environment variable " + variable, Kind.PLATFORM));
        }
        return found;
    }

    String expand(String text) throws InvalidValueException {
        return expressionsEnabled ? expressions.expand(text) : text;
    }

    /** Returns the value that an expression's name has, as MicroProfile Config would find it. */
    private @Nullable String written(String name) {
        List<String> values = new ArrayList<>();
        values.add(contextParams.get(name));
        if (framework != null) {
            framework.find(name).forEach(value -> values.add(value.text()));
        }
        if (microProfile != null) {
            microProfile.find(name).forEach(value -> values.add(value.text()));
        } else {
            String underscored = NOT_IN_VARIABLES.matcher(name).replaceAll("_");
            values.add(systemProperties.getProperty(name));
            values.add(environment.apply(name));
            values.add(environment.apply(underscored));
            values.add(environment.apply(underscored.toUpperCase(Locale.ROOT)));
        }
        return values.stream()
                .filter(value -> value != null && !value.isEmpty())
                .findFirst()
                .orElse(null);
    }

    /** Returns {@code PLAYTCHA_FAIL_CLOSED} for {@code playtcha.fail-closed}. */
    static String environmentName(String name) {
        return NOT_IN_VARIABLES.matcher(name).replaceAll("_").toUpperCase(Locale.ROOT);
    }

    /** Returns what an error text puts before a valid key of a context-param. */
    String paramPrefix() {
        return fromMap ? "" : PREFIX;
    }

    /** Returns the words for a context-param in an error text. */
    String paramOrigin(String name) {
        return fromMap ? "key " + name.substring(PREFIX.length()) + " of the map" : "context-param " + name;
    }

    Set<String> contextParamNames() {
        return ours(contextParams.keySet());
    }

    Set<String> systemPropertyNames() {
        return ours(systemProperties.stringPropertyNames());
    }

    /**
     * Returns our names in configuration files. Names of system properties are left out, and so are those that may come
     * from the environment: implementations list {@code playtcha.fail.closed} for {@code PLAYTCHA_FAIL_CLOSED}.
     */
    Set<String> microProfileNames() {
        if (microProfile == null) {
            return Set.of();
        }
        Set<String> names = ours(microProfile.names());
        names.removeIf(name -> systemProperties.getProperty(name) != null
                || environment.apply(name) != null
                || environment.apply(environmentName(name)) != null);
        return names;
    }

    /** Returns our names in the framework's configuration, in lower case and with or without dashes. */
    Set<String> frameworkNames() {
        return framework == null ? Set.of() : ours(framework.names());
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
