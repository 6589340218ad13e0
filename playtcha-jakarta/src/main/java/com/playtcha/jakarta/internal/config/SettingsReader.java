package com.playtcha.jakarta.internal.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads settings through one lookup: finds and parses them, fills in defaults, and reports what is invalid. */
final class SettingsReader {
    private final Lookup lookup;
    private final ProblemReport report;
    private final LongSupplier nanoTime;
    private final Map<Setting<?>, Object> values = new LinkedHashMap<>();
    private final Map<Setting<?>, ConfigValue> given = new LinkedHashMap<>();
    private final Set<Setting<?>> invalid = new HashSet<>();
    private final Map<String, String> shown = new LinkedHashMap<>();

    SettingsReader(Lookup lookup, ProblemReport report, LongSupplier nanoTime) {
        this.lookup = lookup;
        this.report = report;
        this.nanoTime = nanoTime;
    }

    /** Returns the value, the default if it is not set or invalid, or null if there is none. */
    <T> @Nullable T read(Setting<T> setting) {
        ConfigValue found = lookup.find(setting, report);
        String text = found == null ? null : found.text();
        if (found != null && text != null) {
            try {
                T value = setting.parser().parse(text);
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
        if (setting.defaultText() == null) {
            return null;
        }
        T value = setting.defaultValue();
        put(setting, value, setting.defaultText());
        return value;
    }

    void put(Setting<?> setting, Object value, String text) {
        values.put(setting, value);
        shown.put(setting.key(), text.equals(Redaction.HIDDEN) ? "***" : text);
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
            ConfigValue path = fileOff ? null : lookup.at(level, file, report);
            if (secret != null && secret.isOff()) {
                textOff = true;
                given.put(text, secret);
                shown.put(text.key(), "off");
                secret = null;
            }
            if (path != null && path.isOff()) {
                fileOff = true;
                path = null;
            }
            if (secret != null && path != null) {
                report.problem(
                        ProblemCode.SECRET_TWICE,
                        text.key() + " from " + secret.origin() + " and " + file.key() + " from " + path.origin()
                                + " are both set; remove one, or set it to off.");
                invalid.add(text);
                return null;
            }
            ConfigValue winner = secret == null ? path : secret;
            if (winner != null) {
                Setting<?> setting = secret == null ? file : text;
                lookup.warnOfOverridden(text, setting, winner, level, report);
                lookup.warnOfOverridden(file, setting, winner, level, report);
                return secret == null ? openFile(file, winner) : fixed(text, winner);
            }
        }
        return null;
    }

    private @Nullable SecretSource fixed(Setting<String> setting, ConfigValue found) {
        try {
            if (found.text() != null) {
                SecretSource source = SecretSource.of(setting.parser().parse(found.text()));
                if (setting.isRaw() && found.text().contains("${")) {
                    report.warning(
                            ProblemCode.SECRET_EXPRESSION,
                            setting.key() + " from " + found.origin()
                                    + " looks like an expression, but is taken as written.");
                }
                given.put(setting, found);
                put(setting, source, Redaction.HIDDEN);
                return source;
            }
        } catch (InvalidValueException e) {
            report.invalid(setting, found, e);
        }
        invalid.add(setting);
        return null;
    }

    private @Nullable SecretSource openFile(Setting<Path> setting, ConfigValue found) {
        try {
            if (found.text() != null) {
                SecretSource source = SecretSource.open(setting.parser().parse(found.text()), setting.key(), nanoTime);
                given.put(setting, found);
                put(setting, source, setting.redacted(found.text()));
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

    /** Such as {@code timeout = "2s" from …} or {@code timeout = PT2S, the default}. */
    String describe(Setting<?> setting) {
        ConfigValue found = given.get(setting);
        return found == null
                ? setting.key() + " = " + setting.defaultText() + ", the default"
                : report.describe(setting, found);
    }

    Map<Setting<?>, Object> values() {
        return values;
    }

    /** Returns all settings in one line for the log, without any secret. */
    String describe() {
        return shown.entrySet().stream()
                .map(e -> e.getKey() + "="
                        + report.redaction().printable(e.getValue()).replaceAll(",\\s+", ","))
                .collect(Collectors.joining(", "));
    }
}
