package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.Setting.Parser;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads settings through one lookup: finds and parses them, fills in defaults, and reports what is invalid. */
final class SettingsReader {
    private final Lookup lookup;
    private final ProblemReport report;
    private final Map<Setting<?>, Object> values = new LinkedHashMap<>();
    private final Map<Setting<?>, ConfigValue> given = new LinkedHashMap<>();
    private final Set<Setting<?>> invalid = new HashSet<>();
    private final Map<String, String> shown = new LinkedHashMap<>();

    SettingsReader(Lookup lookup, ProblemReport report) {
        this.lookup = lookup;
        this.report = report;
    }

    /** Returns the value, the default if it is not set or invalid, or null if there is none. */
    <T> @Nullable T read(Setting<T> setting) {
        ConfigValue found = lookup.find(setting, report);
        String text = found == null ? null : found.text();
        if (found != null && text != null) {
            try {
                T value = setting.parser.parse(text);
                given.put(setting, found);
                put(setting, value, setting.redacted(text));
                return value;
            } catch (InvalidValueException e) {
                report.invalid(setting, found, e);
            }
        }
        if (found != null) {
            invalid.add(setting);
        }
        if (setting.defaultText == null) {
            return null;
        }
        T value = setting.defaultValue();
        put(setting, value, setting.defaultText);
        return value;
    }

    void put(Setting<?> setting, Object value, String text) {
        values.put(setting, value);
        shown.put(setting.key, text.equals(Redaction.HIDDEN) ? "***" : text);
    }

    /**
     * Reads a secret that is set as text or in a file. The most specific level that has either applies, one level must
     * not have both, and {@code off} hides the levels below.
     */
    @Nullable
    SecretSource readSecret(Setting<String> text, Setting<Path> file) {
        boolean textOff = false;
        boolean fileOff = false;
        for (int level = 0; level < lookup.levels(); level++) {
            ConfigValue secret = textOff ? null : lookup.at(level, text, report);
            ConfigValue named = fileOff ? null : lookup.at(level, file, report);
            if (secret != null && secret.isOff()) {
                textOff = true;
                given.put(text, secret);
                shown.put(text.key, "off");
                secret = null;
            }
            if (named != null && named.isOff()) {
                fileOff = true;
                named = null;
            }
            if (secret != null && named != null) {
                report.problem(
                        ProblemCode.SECRET_TWICE,
                        text.key + " from " + secret.origin() + " and " + file.key + " from " + named.origin()
                                + " are both set; remove one, or set it to off.");
                invalid.add(text);
                return null;
            }
            ConfigValue winner = secret == null ? named : secret;
            if (winner != null) {
                Setting<?> setting = secret == null ? file : text;
                lookup.warnOfOverridden(text, setting, winner, level, report);
                lookup.warnOfOverridden(file, setting, winner, level, report);
                return secret == null
                        ? open(file, winner, path -> SecretSource.open(file.parser.parse(path), file.key))
                        : open(text, winner, key -> SecretSource.fixed(text.parser.parse(key)));
            }
        }
        return null;
    }

    private <T> @Nullable SecretSource open(Setting<T> setting, ConfigValue found, Parser<SecretSource> opener) {
        try {
            if (found.text() != null) {
                SecretSource source = opener.parse(found.text());
                given.put(setting, found);
                put(setting, source, setting.redacted(found.text()));
                if (setting.raw && found.text().contains("${")) {
                    report.warning(
                            ProblemCode.SECRET_EXPRESSION,
                            setting.key + " from " + found.origin()
                                    + " looks like an expression, but is taken as written.");
                }
                return source;
            }
        } catch (InvalidValueException e) {
            report.invalid(setting, found, e);
        }
        invalid.add(setting);
        return null;
    }

    /** Reports a URL over which a secret would be sent in clear text. */
    void checkPlainHttp(Setting<Optional<URI>> setting, boolean allowed) {
        ConfigValue found = given.get(setting);
        if (found != null
                && !allowed
                && values.get(setting) instanceof Optional<?> url
                && url.orElse(null) instanceof URI uri
                && UrlParsers.isPlainHttp(uri)) {
            report.invalid(
                    ProblemCode.PLAIN_HTTP,
                    setting,
                    found,
                    "plain http would send the key in clear text; write https, or set allow-http = true");
        }
    }

    /** Whether there is a value, valid or not, other than {@code off}. */
    boolean isSet(Setting<?> setting) {
        Object value = values.get(setting);
        return invalid.contains(setting) || (value != null && !value.equals(Optional.empty()));
    }

    boolean isInvalid(Setting<?> setting) {
        return invalid.contains(setting);
    }

    /** Returns the valid value that is set, null for a default. */
    @Nullable
    ConfigValue given(Setting<?> setting) {
        return given.get(setting);
    }

    /** Returns where a setting was set, as the end of a noun phrase, empty for a default. */
    String from(Setting<?> setting) {
        ConfigValue found = given.get(setting);
        return found == null ? "" : " from " + found.origin();
    }

    /** Returns the value of a setting that was read and has one. */
    @SuppressWarnings("unchecked")
    <T> T get(Setting<T> setting) {
        return (T) Objects.requireNonNull(values.get(setting), setting.key);
    }

    /** Returns the value of a setting that was read; null if it has none or is off. */
    <T> @Nullable T getOrNull(Setting<Optional<T>> setting) {
        return values.containsKey(setting) ? get(setting).orElse(null) : null;
    }

    Map<Setting<?>, Object> values() {
        return values;
    }

    /** Adds a row for each of these settings to the report. */
    void explain(List<Setting<?>> settings) {
        for (Setting<?> setting : settings) {
            String text = shown.get(setting.key);
            ConfigValue found = given.get(setting);
            String source =
                    found != null ? found.origin() : invalid.contains(setting) ? "invalid, see problems" : "default";
            report.row(
                    setting.key,
                    text == null ? "-" : text,
                    text == null && source.equals("default") ? "not set" : source);
        }
    }

    /** Returns all settings in one line for the log, without any secret. */
    String describe() {
        return shown.entrySet().stream()
                .map(e -> e.getKey() + "="
                        + report.redaction().printable(e.getValue()).replaceAll(",\\s+", ","))
                .collect(Collectors.joining(", "));
    }
}
