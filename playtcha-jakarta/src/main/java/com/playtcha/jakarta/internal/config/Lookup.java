package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.ConfigValue.Kind;
import com.playtcha.jakarta.internal.config.Setting.Parser;
import com.playtcha.jakarta.internal.config.Setting.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks up the keys of one guard or filter, level by level, the most specific level first. */
final class Lookup {
    private final List<Level> levels;
    private final Parser<String> expander;

    /** The values of a key at one level, in the order in which they apply. */
    record Level(Scope scope, Function<String, List<ConfigValue>> values) {}

    Lookup(List<Level> levels, Parser<String> expander) {
        this.levels = levels;
        this.expander = expander;
    }

    static Lookup application(Sources sources) {
        return new Lookup(List.of(level(sources, Scope.APPLICATION, Sources.PREFIX)), sources::expand);
    }

    /** Looks up a guard's settings. Those of the default guard are the application's. */
    static Lookup guard(Sources sources, String guard) {
        Lookup application = application(sources);
        return guard.equals(GuardSettings.DEFAULT_NAME)
                ? application
                : application.under(level(sources, Scope.GUARD, Sources.PREFIX + "guards." + guard + "."));
    }

    /** Looks up a filter's settings: its init-params, then its guard's. */
    static Lookup filter(Sources sources, String filter, Map<String, String> initParams, String guard) {
        return guard(sources, guard)
                .under(level(Scope.INIT_PARAM, initParams, key -> "init-param " + key + " of filter '" + filter + "'"));
    }

    private static Level level(Sources sources, Scope scope, String prefix) {
        return new Level(scope, key -> sources.find(prefix + key));
    }

    static Level level(Scope scope, Map<String, String> values, Function<String, String> origin) {
        return new Level(
                scope,
                key -> values.containsKey(key)
                        ? List.of(new ConfigValue(values.get(key), origin.apply(key), Kind.WEB_XML))
                        : List.of());
    }

    private Lookup under(Level first) {
        return new Lookup(Stream.concat(Stream.of(first), levels.stream()).toList(), expander);
    }

    int levels() {
        return levels.size();
    }

    /** Returns the value that applies, null if none is set, and warns about what web.xml overrides. */
    @Nullable
    ConfigValue find(Setting<?> setting, ProblemReport report) {
        for (int level = 0; level < levels.size(); level++) {
            ConfigValue value = at(level, setting, report);
            if (value != null) {
                warnOfOverridden(setting, setting, value, level, report);
                return value;
            }
        }
        return null;
    }

    /** Returns the value at one level, null if none is set. */
    @Nullable
    ConfigValue at(int level, Setting<?> setting, ProblemReport report) {
        if (!applies(level, setting)) {
            return null;
        }
        for (ConfigValue value : levels.get(level).values().apply(setting.key)) {
            if (value.text() == null) {
                report.problem(ProblemCode.SOURCE_FAILED, setting.key + " cannot be read from " + value.origin() + ".");
                return value;
            }
            try {
                String text = expanded(setting, value.text());
                if (!text.isEmpty()) {
                    return new ConfigValue(text, value.origin(), value.kind());
                }
            } catch (InvalidValueException e) {
                report.invalid(setting, value, e);
                return new ConfigValue(null, value.origin(), value.kind());
            }
        }
        return null;
    }

    /** Warns of every system property and environment variable of a setting that a different value in web.xml hides. */
    void warnOfOverridden(Setting<?> hidden, Setting<?> setting, ConfigValue winner, int level, ProblemReport report) {
        if (winner.text() == null || winner.kind() != Kind.WEB_XML) {
            return;
        }
        for (int below = level; below < levels.size(); below++) {
            for (ConfigValue other : applies(below, hidden) ? values(below, hidden) : List.<ConfigValue>of()) {
                boolean same = hidden == setting ? winner.text().equals(other.text()) : other.isOff();
                if (other.kind() == Kind.PLATFORM && !same) {
                    report.warning(
                            ProblemCode.OVERRIDDEN,
                            report.describe(hidden, other) + " is overridden by " + report.describe(setting, winner)
                                    + ".");
                }
            }
        }
    }

    /** Returns the values at one level, whether they apply or not, expanded where possible. */
    private List<ConfigValue> values(int level, Setting<?> setting) {
        List<ConfigValue> found = new ArrayList<>();
        for (ConfigValue value : levels.get(level).values().apply(setting.key)) {
            String text = String.valueOf(value.text());
            try {
                text = expanded(setting, text);
            } catch (InvalidValueException e) {
                // It stays as it is written.
            }
            if (!text.isEmpty()) {
                found.add(new ConfigValue(text, value.origin(), value.kind()));
            }
        }
        return found;
    }

    /** Adds every secret that is set to those that are masked. */
    void collectSecrets(Redaction redaction) {
        for (int level = 0; level < levels.size(); level++) {
            for (Setting<?> key : List.of(GuardKeys.SECRET, ApplicationKeys.CALLBACK_KEY, ApplicationKeys.POLL_KEY)) {
                values(level, key).forEach(value -> redaction.addSecret(String.valueOf(value.text())));
            }
            values(level, GuardKeys.PROXY).forEach(value -> redaction.addPassword(String.valueOf(value.text())));
            for (Setting<?> key : List.of(GuardKeys.SECRET_FILE, ApplicationKeys.POLL_KEY_FILE)) {
                for (ConfigValue value : values(level, key)) {
                    try {
                        redaction.addSecret(SecretSource.read(Parsers.path(String.valueOf(value.text()))));
                    } catch (InvalidValueException e) {
                        // Reported where the setting is read, if it is used.
                    }
                }
            }
        }
    }

    private String expanded(Setting<?> setting, String text) throws InvalidValueException {
        return setting.raw ? text : expander.parse(text).strip();
    }

    private boolean applies(int level, Setting<?> setting) {
        return setting.scopes.contains(levels.get(level).scope()) && (level == 0 || setting.inherited);
    }
}
