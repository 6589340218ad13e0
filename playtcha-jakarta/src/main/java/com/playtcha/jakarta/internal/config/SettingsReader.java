package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.ExternalConfig.ConfigValue;
import com.playtcha.jakarta.internal.config.ExternalConfig.Kind;
import com.playtcha.jakarta.internal.config.Setting.Display;
import com.playtcha.jakarta.internal.config.Setting.Scope;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
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
    /** The values of a key at each level, in the order in which they apply. */
    private final Map<Scope, Function<String, List<ConfigValue>>> levels = new EnumMap<>(Scope.class);

    private final Map<Setting<?>, Entry> entries = new LinkedHashMap<>();

    /** A value that is not empty: expanded, or as written if that or the reading fails. */
    private record Candidate(
            Scope level, ConfigValue value, @Nullable InvalidValueException problem) {}

    /**
     * What was read.
     *
     * @param value the default if nothing is set
     * @param shown what is shown of the value
     * @param source where it comes from, for an operator
     * @param explicit the text of a valid value with its origin, null for a default
     */
    private record Entry(
            Object value,
            String shown,
            String source,
            @Nullable ConfigValue explicit) {
        private static final String INVALID = "invalid, see problems";
        private static final String NONE = "-";

        /** The generated one would show secrets. */
        @Override
        public String toString() {
            return shown;
        }
    }

    /** Creates a reader without levels; the expander resolves expressions. */
    SettingsReader(UnaryOperator<String> expander, ProblemReport report) {
        this.expander = expander;
        this.report = report;
    }

    /** Adds a level. Its secrets are masked from now on. */
    SettingsReader add(Scope level, Function<String, List<ConfigValue>> values) {
        levels.put(level, values);
        for (Setting<?> setting : Setting.ALL) {
            if (setting.display != Display.TEXT) {
                valuesAt(level, setting).forEach(found -> mask(setting, String.valueOf(found.value.text())));
            }
        }
        return this;
    }

    private void mask(Setting<?> setting, String text) {
        switch (setting.display) {
            case SECRET -> report.addSecret(text);
            case URL -> report.addPassword(text);
            case SECRET_FILE -> {
                try {
                    SecretSource.read(Parsers.path(text)).lines().forEach(report::addSecret);
                } catch (InvalidValueException e) {
                    // Reported where the setting is read, if it is used.
                }
            }
            case TEXT -> {}
        }
    }

    /** Returns the values that apply, the one that decides first. */
    private List<Candidate> candidates(Setting<?> setting) {
        return levels.keySet().stream()
                .limit(setting.inherited ? levels.size() : 1)
                .filter(setting.scopes::contains)
                .flatMap(level -> valuesAt(level, setting))
                .toList();
    }

    private Stream<Candidate> valuesAt(Scope level, Setting<?> setting) {
        return levels.getOrDefault(level, key -> List.of()).apply(setting.key).stream()
                .map(value -> expanded(level, setting, value))
                .filter(found -> !"".equals(found.value.text()));
    }

    private Candidate expanded(Scope level, Setting<?> setting, ConfigValue value) {
        if (value.text() == null || !setting.expanded) {
            return new Candidate(level, value, null);
        }
        try {
            String text = expander.apply(value.text()).strip();
            return new Candidate(level, new ConfigValue(text, value.origin(), value.kind()), null);
        } catch (InvalidValueException e) {
            return new Candidate(level, value, e);
        }
    }

    private @Nullable Candidate first(Setting<?> setting) {
        return candidates(setting).stream().findFirst().orElse(null);
    }

    /** Returns the value that decides, even if it cannot be used, and reports nothing; null if it is off or not set. */
    @Nullable
    ConfigValue peek(Setting<?> setting) {
        Candidate found = first(setting);
        return found == null || found.value.isOff() ? null : found.value;
    }

    /** Reads settings that {@link #get} returns then, the default of one that is not set or invalid. */
    void read(List<Setting<?>> settings) {
        for (Setting<?> setting : settings) {
            if (setting.fileOf != null) {
                checkSecret(setting.fileOf, setting);
            }
        }
        settings.stream().filter(setting -> !entries.containsKey(setting)).forEach(this::read);
    }

    private void read(Setting<?> setting) {
        Candidate found = first(setting);
        if (found == null) {
            putDefault(setting, setting.defaultText == null ? "not set" : "default");
        } else {
            parse(setting, found);
            warnOfOverridden(setting, setting, found.value);
        }
    }

    private void putDefault(Setting<?> setting, String source) {
        String shown = setting.defaultText == null ? Entry.NONE : setting.defaultText;
        entries.put(setting, new Entry(setting.defaultValue(), shown, source, null));
    }

    private void parse(Setting<?> setting, Candidate found) {
        putDefault(setting, Entry.INVALID);
        ConfigValue value = found.value;
        String text = value.text();
        if (text == null) {
            report.problem("PLAYTCHA-0025: " + setting + " cannot be read from " + value.origin() + ".");
            return;
        }
        if (!setting.expanded && text.contains("${")) {
            report.warning("PLAYTCHA-0033: " + setting + " from " + value.origin()
                    + " looks like an expression, but is taken as written.");
        }
        try {
            if (found.problem != null) {
                throw found.problem;
            }
            Object parsed = setting.parser.apply(text);
            String shown = ProblemReport.shown(setting, text, "***");
            entries.put(setting, new Entry(parsed, shown, value.origin(), value));
        } catch (InvalidValueException e) {
            report.invalid("PLAYTCHA-0007", setting, value, String.valueOf(e.getMessage()));
        }
    }

    /** Replaces a value that was read by another. */
    void replace(Setting<?> setting, Object value) {
        Entry entry = entry(setting);
        entries.put(setting, new Entry(value, value.toString(), entry.source, entry.explicit));
    }

    /**
     * Decides between a secret as text and in a file: the most specific level that has either applies, one level must not
     * have both, and {@code off} hides the levels below.
     */
    private void checkSecret(Setting<?> text, Setting<?> file) {
        Candidate secret = first(text);
        Candidate named = first(file);
        if (secret == null || named == null || secret.value.isOff() || named.value.isOff()) {
            return;
        }
        boolean inFile = named.level.compareTo(secret.level) < 0;
        putDefault(inFile ? text : file, "not set");
        if (secret.level == named.level) {
            putDefault(text, Entry.INVALID);
            report.problem("PLAYTCHA-0022: " + text + " from " + secret.value.origin() + " and " + file + " from "
                    + named.value.origin() + " are both set; remove one, or set it to off.");
        } else if (inFile) {
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
        for (Candidate found : candidates(hidden)) {
            ConfigValue other = found.value;
            if (other.kind() == Kind.PLATFORM && !winner.text().equals(other.text())) {
                report.warning("PLAYTCHA-0030: " + report.describe(hidden, other) + " is overridden by "
                        + report.describe(setting, winner) + ".");
            }
        }
    }

    /** Reports a URL over which a secret would be sent in clear text to another machine. */
    void checkPlainHttp(Setting<Optional<URI>> setting, boolean allowed) {
        URI url = get(setting).orElse(null);
        if (url != null && !allowed && "http".equals(url.getScheme()) && !Parsers.isLoopback(url)) {
            reject(
                    "PLAYTCHA-0012",
                    setting,
                    "plain http would send the key in clear text; write https, or set allow-http = true");
        }
    }

    /** Reports a value that is not allowed beside others, unless it is a default. */
    void reject(String code, Setting<?> setting, String reason) {
        ConfigValue found = explicitValue(setting);
        if (found != null) {
            report.invalid(code, setting, found, reason);
        }
    }

    private Entry entry(Setting<?> setting) {
        return Objects.requireNonNull(entries.get(setting), setting.key);
    }

    /** Whether there is a value, valid or not, other than {@code off}. */
    boolean isSet(Setting<?> setting) {
        Entry entry = entry(setting);
        return entry.source.equals(Entry.INVALID) || !entry.value.equals(Optional.empty());
    }

    /** Returns the valid value that is set, null for a default. */
    @Nullable
    ConfigValue explicitValue(Setting<?> setting) {
        return entry(setting).explicit;
    }

    /** Returns where a setting was set, as the end of a noun phrase, empty for a default. */
    String originOf(Setting<?> setting) {
        ConfigValue found = explicitValue(setting);
        return found == null ? "" : " from " + found.origin();
    }

    /** Returns the value of a setting that was read. */
    @SuppressWarnings("unchecked") // The parser of the setting made it.
    <T> T get(Setting<T> setting) {
        return (T) entry(setting).value;
    }

    /** Returns the values of settings that were read. */
    SettingValues values(List<Setting<?>> settings) {
        Map<String, Object> values = settings.stream()
                .collect(Collectors.toUnmodifiableMap(setting -> setting.key, setting -> entry(setting).value));
        String description = settings.stream()
                .filter(setting -> !entry(setting).shown.equals(Entry.NONE))
                .map(setting ->
                        setting + "=" + report.printable(entry(setting).shown).replaceAll(",\\s+", ","))
                .collect(Collectors.joining(", "));
        return new SettingValues(values, description);
    }

    /** Returns a row for each setting that was read: its key, its effective value, and its source. */
    List<String> rows() {
        List<String> rows = new ArrayList<>();
        entries.forEach((setting, entry) ->
                rows.add(report.printable(String.format("%-22s %-34s %s", setting, entry.shown, entry.source))));
        return rows;
    }
}
