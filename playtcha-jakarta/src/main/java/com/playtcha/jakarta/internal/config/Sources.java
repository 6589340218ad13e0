package com.playtcha.jakarta.internal.config;

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
 * Everything outside of a filter's own init-params, in the contract's order: context-param, then MicroProfile Config
 * where an implementation is present, else system property and environment. Values are as written.
 */
final class Sources {
    static final String PREFIX = "playtcha.";

    private static final Pattern NOT_IN_VARIABLES = Pattern.compile("[^A-Za-z0-9]");
    private static final String EXPRESSIONS_ENABLED = "mp.config.property.expressions.enabled";

    private final Map<String, String> contextParams;
    private final @Nullable Deployed microProfile;
    private final Properties systemProperties;
    private final UnaryOperator<@Nullable String> environment;
    private final Expressions expressions = new Expressions(this::raw);
    private final boolean expressionsEnabled;

    /** A configuration that the platform provides. */
    interface Deployed {
        /** The values as written, never empty, the one that decides first; a text is null where it cannot be read. */
        List<Found> find(String name);

        /** The names it lists; with some implementations also guesses made from environment variables. */
        Iterable<String> names();
    }

    private Sources(
            Map<String, String> contextParams,
            @Nullable Deployed microProfile,
            Properties systemProperties,
            UnaryOperator<@Nullable String> environment) {
        this.contextParams = contextParams;
        this.microProfile = microProfile;
        this.systemProperties = systemProperties;
        this.environment = environment;
        this.expressionsEnabled = !"false".equalsIgnoreCase(raw(EXPRESSIONS_ENABLED));
    }

    /** Looks for MicroProfile Config by the loader; a warning says so where it is there and does not work. */
    static Sources open(
            Map<String, String> contextParams,
            ClassLoader loader,
            Properties systemProperties,
            UnaryOperator<@Nullable String> environment,
            Report report) {
        return new Sources(contextParams, microProfile(loader, report), systemProperties, environment);
    }

    private static @Nullable Deployed microProfile(ClassLoader loader, Report report) {
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
                    mask -> "the MicroProfile Config API is present but gives no configuration ("
                            + e.getClass().getName()
                            + "); system properties and environment variables are read instead.");
            return null;
        }
    }

    /** What is set under a full name, the source that decides first. */
    List<Found> candidates(String name) {
        List<Found> found = new ArrayList<>();
        String param = contextParams.get(name);
        if (param != null) {
            found.add(new Found(param, Origin.contextParam(name)));
        }
        if (microProfile == null) {
            found.addAll(operators(name));
        } else {
            found.addAll(microProfile.find(name));
        }
        return found;
    }

    /** What whoever runs the server has set: system property and environment, with or without MicroProfile Config. */
    List<Found> operators(String name) {
        List<Found> found = new ArrayList<>();
        String property = systemProperties.getProperty(name);
        if (property != null) {
            found.add(new Found(property, Origin.systemProperty(name)));
        }
        String variable = environmentName(name);
        String value = environment.apply(variable);
        if (value != null) {
            found.add(new Found(value, Origin.environment(variable)));
        }
        return found;
    }

    /** Replaces the expressions in a value. */
    String expand(String text) throws Refused {
        return expressionsEnabled ? expressions.expand(text) : text;
    }

    private @Nullable String raw(String name) {
        String param = contextParams.get(name);
        if (param != null && !param.isEmpty()) {
            return param;
        }
        if (microProfile != null) {
            List<Found> found = microProfile.find(name);
            return found.isEmpty() ? null : found.get(0).text();
        }
        String property = systemProperties.getProperty(name);
        if (property != null && !property.isEmpty()) {
            return property;
        }
        String underscored = NOT_IN_VARIABLES.matcher(name).replaceAll("_");
        for (String variable : List.of(name, underscored, underscored.toUpperCase(Locale.ROOT))) {
            String value = environment.apply(variable);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return null;
    }

    /** The environment variable of a name: {@code PLAYTCHA_FAIL_CLOSED} of {@code playtcha.fail-closed}. */
    static String environmentName(String name) {
        return NOT_IN_VARIABLES.matcher(name).replaceAll("_").toUpperCase(Locale.ROOT);
    }

    /** Our names among the context-params, sorted. */
    Set<String> contextParamNames() {
        return ours(contextParams.keySet());
    }

    /** Our names among the system properties, sorted. */
    Set<String> systemPropertyNames() {
        return ours(systemProperties.stringPropertyNames());
    }

    /**
     * Our names in MicroProfile Config's own sources, sorted. A name that is a system property is left out, and so is
     * one that an environment variable may have given rise to: implementations list {@code playtcha.fail.closed} for
     * {@code PLAYTCHA_FAIL_CLOSED}.
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

    /** Where MicroProfile Config has a listed name from. */
    Origin microProfileOrigin(String name) {
        List<Found> found = microProfile == null ? List.of() : microProfile.find(name);
        return found.isEmpty()
                ? Origin.microProfile("unknown", name)
                : found.get(0).origin();
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
