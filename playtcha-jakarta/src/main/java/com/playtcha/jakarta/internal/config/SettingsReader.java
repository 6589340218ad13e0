package com.playtcha.jakarta.internal.config;

import static com.playtcha.jakarta.internal.config.Setting.SECRET;
import static com.playtcha.jakarta.internal.config.Setting.URL_PATTERNS;

import com.playtcha.jakarta.internal.config.ExternalConfig.ConfigValue;
import com.playtcha.jakarta.internal.config.ExternalConfig.Kind;
import com.playtcha.jakarta.internal.config.ProblemReport.Code;
import com.playtcha.jakarta.internal.config.Setting.InvalidValueException;
import com.playtcha.jakarta.internal.config.Setting.Parser;
import com.playtcha.jakarta.internal.config.Setting.Scope;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings of one guard or filter, or the application's: finds their values level by level, the most specific
 * level first, parses them, fills in defaults, and reports what is wrong.
 */
final class SettingsReader {
    private static final Set<Setting<?>> SECRETS =
            Set.of(SECRET, Setting.SECRET_FILE, Setting.POLL_KEY, Setting.POLL_KEY_FILE);

    private final List<Level> levels;
    private final Parser<String> expander;
    private final ProblemReport report;
    private final Map<Setting<?>, Entry> entries = new LinkedHashMap<>();

    /** The values of a key at one level, in the order in which they apply. */
    record Level(Scope scope, Function<String, List<ConfigValue>> values) {
        static Level of(Scope scope, Map<String, String> values, Function<String, String> origin) {
            return new Level(
                    scope,
                    key -> values.containsKey(key)
                            ? List.of(new ConfigValue(values.get(key), origin.apply(key), Kind.WEB_XML))
                            : List.of());
        }
    }

    /** A value that is not empty: expanded, or as written if that or the reading fails. */
    private record Found(
            int level, ConfigValue value, @Nullable InvalidValueException problem) {}

    /**
     * What was read.
     *
     * @param value the default if nothing is given, null if there is none
     * @param shown what is shown of the value, null if there is none
     * @param given the text of a valid value with its origin, null for a default
     */
    private record Entry(
            @Nullable Object value,
            @Nullable String shown,
            @Nullable ConfigValue given,
            boolean invalid) {
        static final Entry NONE = new Entry(null, null, null, false);
        static final Entry INVALID = new Entry(null, null, null, true);

        /** The generated one would show secrets. */
        @Override
        public String toString() {
            return String.valueOf(shown);
        }
    }

    SettingsReader(List<Level> levels, Parser<String> expander, ProblemReport report) {
        this.levels = levels;
        this.expander = expander;
        this.report = report;
    }

    static SettingsReader application(Sources sources, ProblemReport report) {
        return new SettingsReader(levels(sources, GuardSettings.DEFAULT_NAME), sources::expand, report);
    }

    static SettingsReader guard(Sources sources, String guard, ProblemReport report) {
        return new SettingsReader(levels(sources, guard), sources::expand, report);
    }

    /** Reads a filter's settings: its init-params, then its guard's. */
    static SettingsReader filter(
            Sources sources, String filter, Map<String, String> initParams, String guard, ProblemReport report) {
        List<Level> levels = levels(sources, guard);
        levels.add(
                0, Level.of(Scope.INIT_PARAM, initParams, key -> "init-param " + key + " of filter '" + filter + "'"));
        return new SettingsReader(levels, sources::expand, report);
    }

    /** Returns the levels of a guard. Those of the default guard are the application's. */
    private static List<Level> levels(Sources sources, String guard) {
        List<Level> levels = new ArrayList<>();
        if (!guard.equals(GuardSettings.DEFAULT_NAME)) {
            levels.add(new Level(Scope.GUARD, key -> sources.find(Sources.PREFIX + "guards." + guard + "." + key)));
        }
        levels.add(new Level(Scope.APPLICATION, key -> sources.find(Sources.PREFIX + key)));
        return levels;
    }

    ProblemReport report() {
        return report;
    }

    /** Returns the values that apply, the one that decides first. */
    private Stream<Found> applying(Setting<?> setting) {
        return IntStream.range(0, levels.size())
                .filter(level ->
                        setting.scopes.contains(levels.get(level).scope()) && (level == 0 || setting != URL_PATTERNS))
                .boxed()
                .flatMap(level -> at(level, setting));
    }

    private Stream<Found> at(int level, Setting<?> setting) {
        return levels.get(level).values().apply(setting.key).stream()
                .map(value -> expanded(level, setting, value))
                .filter(found -> !"".equals(found.value.text()));
    }

    private Found expanded(int level, Setting<?> setting, ConfigValue value) {
        if (value.text() == null || setting == SECRET) {
            return new Found(level, value, null);
        }
        try {
            String text = expander.parse(value.text()).strip();
            return new Found(level, new ConfigValue(text, value.origin(), value.kind()), null);
        } catch (InvalidValueException e) {
            return new Found(level, value, e);
        }
    }

    private @Nullable Found first(Setting<?> setting) {
        return applying(setting).findFirst().orElse(null);
    }

    /** Returns the value that decides, even if it cannot be used, and reports nothing; null if there is none. */
    @Nullable
    ConfigValue peek(Setting<?> setting) {
        Found found = first(setting);
        return found == null ? null : found.value;
    }

    /** Returns the value, the default if it is not set or invalid, or null if there is none. */
    <T> @Nullable T read(Setting<T> setting) {
        Found found = first(setting);
        T value = found == null ? null : parse(setting, found, setting.parser);
        if (found != null) {
            warnOfOverridden(setting, setting, found.value);
        }
        if (value == null && setting.defaultText != null) {
            value = setting.defaultValue();
            entries.put(setting, new Entry(value, setting.defaultText, null, found != null));
        }
        return value;
    }

    /** Reads these settings, except those that were read and secrets. */
    void readAll(List<Setting<?>> settings) {
        settings.stream()
                .filter(setting -> !entries.containsKey(setting) && !SECRETS.contains(setting))
                .forEach(this::read);
    }

    private <T> @Nullable T parse(Setting<?> setting, Found found, Parser<T> parser) {
        entries.put(setting, Entry.INVALID);
        String text = found.value.text();
        if (text == null) {
            report.problem(Code.SOURCE_FAILED, setting.key + " cannot be read from " + found.value.origin() + ".");
            return null;
        }
        try {
            if (found.problem != null) {
                throw found.problem;
            }
            T value = parser.parse(text);
            put(setting, value, Redaction.shown(setting, text), found.value);
            return value;
        } catch (InvalidValueException e) {
            report.invalid(Code.INVALID_VALUE, setting, found.value, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private void put(Setting<?> setting, @Nullable Object value, String shown, @Nullable ConfigValue given) {
        entries.put(setting, new Entry(value, shown.equals(Redaction.HIDDEN) ? "***" : shown, given, false));
    }

    /** Replaces a value that was read by another. */
    void replace(Setting<?> setting, Object value) {
        put(setting, value, value.toString(), given(setting));
    }

    /**
     * Reads a secret that is set as text or in a file. The most specific level that has either applies, one level must
     * not have both, and {@code off} hides the levels below.
     */
    @Nullable
    SecretSource readSecret(Setting<String> text, Setting<Path> file) {
        Found secret = unlessOff(text);
        Found named = unlessOff(file);
        if (secret != null && named != null && secret.level == named.level) {
            report.problem(
                    Code.SECRET_TWICE,
                    text.key + " from " + secret.value.origin() + " and " + file.key + " from " + named.value.origin()
                            + " are both set; remove one, or set it to off.");
            entries.put(text, Entry.INVALID);
            return null;
        }
        boolean inFile = named != null && (secret == null || named.level < secret.level);
        Found winner = inFile ? named : secret;
        if (winner == null) {
            return null;
        }
        Setting<?> setting = inFile ? file : text;
        warnOfOverridden(text, setting, winner.value);
        warnOfOverridden(file, setting, winner.value);
        if (setting == SECRET && String.valueOf(winner.value.text()).contains("${")) {
            report.warning(
                    Code.SECRET_EXPRESSION,
                    "secret from " + winner.value.origin() + " looks like an expression, but is taken as written.");
        }
        return inFile
                ? parse(file, winner, path -> SecretSource.open(file.parser.parse(path), file.key))
                : parse(text, winner, key -> SecretSource.fixed(text.parser.parse(key)));
    }

    private @Nullable Found unlessOff(Setting<?> setting) {
        Found found = first(setting);
        if (found == null || !found.value.isOff()) {
            return found;
        }
        put(setting, null, "off", found.value);
        return null;
    }

    /** Warns of every system property and environment variable of a setting that a different value in web.xml hides. */
    private void warnOfOverridden(Setting<?> hidden, Setting<?> setting, ConfigValue winner) {
        if (winner.text() == null || winner.kind() != Kind.WEB_XML) {
            return;
        }
        applying(hidden).map(found -> found.value).forEach(other -> {
            boolean same = hidden == setting ? winner.text().equals(other.text()) : other.isOff();
            if (other.kind() == Kind.PLATFORM && !same) {
                report.warning(
                        Code.OVERRIDDEN,
                        report.describe(hidden, other) + " is overridden by " + report.describe(setting, winner) + ".");
            }
        });
    }

    /** Adds every secret that is set, wherever that is, to those that are masked. */
    void collectSecrets() {
        Redaction redaction = report.redaction();
        for (Setting<?> key : List.of(SECRET, Setting.CALLBACK_KEY, Setting.POLL_KEY)) {
            texts(key).forEach(redaction::addSecret);
        }
        texts(Setting.PROXY).forEach(redaction::addPassword);
        for (Setting<?> key : List.of(Setting.SECRET_FILE, Setting.POLL_KEY_FILE)) {
            texts(key).forEach(file -> {
                try {
                    redaction.addSecret(SecretSource.read(Parsers.path(file)));
                } catch (InvalidValueException e) {
                    // Reported where the setting is read, if it is used.
                }
            });
        }
    }

    private Stream<String> texts(Setting<?> setting) {
        return IntStream.range(0, levels.size())
                .boxed()
                .flatMap(level -> at(level, setting))
                .map(found -> String.valueOf(found.value.text()));
    }

    /** Reports a URL over which a secret would be sent in clear text. */
    void checkPlainHttp(Setting<Optional<URI>> setting, boolean allowed) {
        ConfigValue found = given(setting);
        URI url = getOrNull(setting);
        if (found != null && url != null && !allowed && Parsers.isPlainHttp(url)) {
            report.invalid(
                    Code.PLAIN_HTTP,
                    setting,
                    found,
                    "plain http would send the key in clear text; write https, or set allow-http = true");
        }
    }

    private Entry entry(Setting<?> setting) {
        return entries.getOrDefault(setting, Entry.NONE);
    }

    /** Whether there is a value, valid or not, other than {@code off}. */
    boolean isSet(Setting<?> setting) {
        Entry entry = entry(setting);
        return entry.invalid || (entry.value != null && !entry.value.equals(Optional.empty()));
    }

    /** Returns the valid value that is set, null for a default. */
    @Nullable
    ConfigValue given(Setting<?> setting) {
        return entry(setting).given;
    }

    /** Returns where a setting was set, as the end of a noun phrase, empty for a default. */
    String from(Setting<?> setting) {
        ConfigValue found = given(setting);
        return found == null ? "" : " from " + found.origin();
    }

    /** Returns the value of a setting that was read and has one. */
    @SuppressWarnings("unchecked")
    <T> T get(Setting<T> setting) {
        return (T) Objects.requireNonNull(entry(setting).value, setting.key);
    }

    /** Returns the value of a setting that was read; null if it has none or is off. */
    <T> @Nullable T getOrNull(Setting<Optional<T>> setting) {
        return entry(setting).value == null ? null : get(setting).orElse(null);
    }

    /** Returns every value by its key. */
    Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        entries.forEach((setting, entry) -> {
            if (entry.value != null) {
                values.put(setting.key, entry.value);
            }
        });
        return values;
    }

    /** Adds a row for each of these settings to the report. */
    void explain(List<Setting<?>> settings) {
        for (Setting<?> setting : settings) {
            Entry entry = entry(setting);
            String source = entry.shown == null ? "not set" : entry.given == null ? "default" : entry.given.origin();
            report.row(
                    setting.key,
                    entry.shown == null ? "-" : entry.shown,
                    entry.invalid ? "invalid, see problems" : source);
        }
    }

    /** Returns all settings in one line for the log, without any secret. */
    String describe() {
        return entries.entrySet().stream()
                .filter(each -> each.getValue().shown != null)
                .map(each -> each.getKey() + "="
                        + report.redaction().printable(each.getValue().shown).replaceAll(",\\s+", ","))
                .collect(Collectors.joining(", "));
    }
}
