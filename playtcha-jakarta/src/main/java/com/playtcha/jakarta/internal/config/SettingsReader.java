package com.playtcha.jakarta.internal.config;

import static com.playtcha.jakarta.internal.config.Setting.POLL_KEY;
import static com.playtcha.jakarta.internal.config.Setting.POLL_KEY_FILE;
import static com.playtcha.jakarta.internal.config.Setting.PROXY;
import static com.playtcha.jakarta.internal.config.Setting.SECRET;
import static com.playtcha.jakarta.internal.config.Setting.SECRET_FILE;

import com.playtcha.jakarta.internal.config.ExternalConfig.ConfigValue;
import com.playtcha.jakarta.internal.config.ExternalConfig.Kind;
import com.playtcha.jakarta.internal.config.ProblemReport.Code;
import com.playtcha.jakarta.internal.config.Setting.InvalidValueException;
import com.playtcha.jakarta.internal.config.Setting.Scope;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings of one guard or filter, or the application's: finds their values level by level, the most specific
 * level first, parses them, fills in defaults, and reports what is wrong.
 */
final class SettingsReader {
    private final UnaryOperator<String> expander;
    final ProblemReport report;
    private final List<Level> levels = new ArrayList<>();
    private final Map<Setting<?>, Entry> entries = new LinkedHashMap<>();

    /** The values of a key at one level, in the order in which they apply. */
    private record Level(Scope scope, Function<String, List<ConfigValue>> values) {}

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

    /** Creates a reader without levels; the expander resolves expressions. */
    SettingsReader(UnaryOperator<String> expander, ProblemReport report) {
        this.expander = expander;
        this.report = report;
    }

    /** Adds a level that is less specific than those before. Its secrets are masked from now on. */
    SettingsReader add(Scope scope, Function<String, List<ConfigValue>> values) {
        levels.add(new Level(scope, values));
        int level = levels.size() - 1;
        for (Setting<?> setting : List.of(SECRET, Setting.CALLBACK_KEY, POLL_KEY)) {
            at(level, setting).forEach(found -> report.addSecret(String.valueOf(found.value.text())));
        }
        at(level, PROXY).forEach(found -> report.addPassword(String.valueOf(found.value.text())));
        Stream.of(SECRET_FILE, POLL_KEY_FILE)
                .flatMap(setting -> at(level, setting))
                .forEach(found -> {
                    try {
                        report.addSecret(SecretSource.read(Parsers.path(String.valueOf(found.value.text()))));
                    } catch (InvalidValueException e) {
                        // Reported where the setting is read, if it is used.
                    }
                });
        return this;
    }

    /** Returns the values that apply, the one that decides first. */
    private List<Found> applying(Setting<?> setting) {
        List<Found> found = new ArrayList<>();
        for (int level = 0; level < levels.size(); level++) {
            boolean inherits = level == 0 || setting != Setting.URL_PATTERNS;
            if (inherits && setting.scopes.contains(levels.get(level).scope())) {
                at(level, setting).forEach(found::add);
            }
        }
        return found;
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
            String text = expander.apply(value.text()).strip();
            return new Found(level, new ConfigValue(text, value.origin(), value.kind()), null);
        } catch (InvalidValueException e) {
            return new Found(level, value, e);
        }
    }

    private @Nullable Found first(Setting<?> setting) {
        return applying(setting).stream().findFirst().orElse(null);
    }

    /** Returns the value that decides, even if it cannot be used, and reports nothing; null if it is off or not set. */
    @Nullable
    String peek(Setting<?> setting) {
        Found found = first(setting);
        return found == null || found.value.isOff() ? null : found.value.text();
    }

    /** Reads settings that {@link #get} returns then, the default of one that is not set or invalid. */
    void read(List<Setting<?>> settings) {
        checkSecret(settings, SECRET, SECRET_FILE);
        checkSecret(settings, POLL_KEY, POLL_KEY_FILE);
        settings.stream().filter(setting -> !entries.containsKey(setting)).forEach(this::read);
    }

    private void read(Setting<?> setting) {
        Found found = first(setting);
        if (found != null) {
            entries.put(setting, parse(setting, found));
            warnOfOverridden(setting, setting, found.value);
        } else {
            entries.put(setting, new Entry(setting.defaultValue(), setting.defaultText, null, false));
        }
    }

    private Entry parse(Setting<?> setting, Found found) {
        ConfigValue value = found.value;
        if (value.text() == null) {
            report.problem(Code.SOURCE_FAILED, setting + " cannot be read from " + value.origin() + ".");
            return Entry.INVALID;
        }
        if (setting == SECRET && value.text().contains("${")) {
            report.warning(
                    Code.SECRET_EXPRESSION,
                    "secret from " + value.origin() + " looks like an expression, but is taken as written.");
        }
        try {
            if (found.problem != null) {
                throw found.problem;
            }
            Object parsed = setting.parser.apply(value.text());
            return new Entry(parsed, ProblemReport.shown(setting, value.text(), "***"), value, false);
        } catch (InvalidValueException e) {
            report.invalid(Code.INVALID_VALUE, setting, value, String.valueOf(e.getMessage()));
            return new Entry(setting.defaultValue(), setting.defaultText, null, true);
        }
    }

    /** Replaces a value that was read by another. */
    void replace(Setting<?> setting, Object value) {
        entries.put(setting, new Entry(value, value.toString(), given(setting), false));
    }

    /**
     * Decides between a secret as text and in a file: the most specific level that has either applies, one level must not
     * have both, and {@code off} hides the levels below.
     */
    private void checkSecret(List<Setting<?>> settings, Setting<?> text, Setting<?> file) {
        Found secret = first(text);
        Found named = first(file);
        if (!settings.contains(text)
                || secret == null
                || named == null
                || secret.value.isOff()
                || named.value.isOff()) {
            return;
        }
        Setting<?> hidden = named.level < secret.level ? text : file;
        entries.put(hidden, Entry.NONE);
        if (secret.level == named.level) {
            entries.put(text, Entry.INVALID);
            report.problem(
                    Code.SECRET_TWICE,
                    text + " from " + secret.value.origin() + " and " + file + " from " + named.value.origin()
                            + " are both set; remove one, or set it to off.");
        } else if (hidden == text) {
            warnOfOverridden(text, file, named.value);
        } else {
            warnOfOverridden(file, text, secret.value);
        }
    }

    /** Warns of every system property and environment variable of a setting that a different value in web.xml hides. */
    private void warnOfOverridden(Setting<?> hidden, Setting<?> setting, ConfigValue winner) {
        if (winner.text() == null || winner.kind() != Kind.WEB_XML) {
            return;
        }
        for (Found found : applying(hidden)) {
            ConfigValue other = found.value;
            boolean same = hidden == setting ? winner.text().equals(other.text()) : other.isOff();
            if (other.kind() == Kind.PLATFORM && !same) {
                report.warning(
                        Code.OVERRIDDEN,
                        report.describe(hidden, other) + " is overridden by " + report.describe(setting, winner) + ".");
            }
        }
    }

    /** Reports a URL over which a secret would be sent in clear text to another machine. */
    void checkPlainHttp(Setting<Optional<URI>> setting, boolean allowed) {
        ConfigValue found = given(setting);
        URI url = getOrNull(setting);
        if (found != null && url != null && !allowed && "http".equals(url.getScheme()) && !Parsers.isLoopback(url)) {
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

    /** Returns a row for each setting that was read: its key, its effective value, and its source. */
    List<String> rows() {
        return entries.entrySet().stream()
                .map(each -> {
                    Entry entry = each.getValue();
                    String source = entry.shown == null ? "not set" : "default";
                    return report.printable(String.format(
                            "%-22s %-34s %s",
                            each.getKey(),
                            entry.shown == null ? "-" : entry.shown,
                            entry.invalid
                                    ? "invalid, see problems"
                                    : entry.given == null ? source : entry.given.origin()));
                })
                .toList();
    }

    /** Returns all settings in one line for the log, without any secret. */
    String describe() {
        return entries.entrySet().stream()
                .filter(each -> each.getValue().shown != null)
                .map(each -> each.getKey() + "="
                        + report.printable(each.getValue().shown).replaceAll(",\\s+", ","))
                .collect(Collectors.joining(", "));
    }
}
