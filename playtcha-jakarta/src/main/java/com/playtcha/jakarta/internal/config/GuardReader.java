package com.playtcha.jakarta.internal.config;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the settings of one guard or filter: finds, parses, checks them against each other, and reports. */
final class GuardReader {
    private final String name;
    private final String source;
    private final Sentence owner;
    private final Lookup lookup;
    private final SecretFiles secretFiles;
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Map<String, String> shown = new LinkedHashMap<>();
    private final Map<String, Found> given = new LinkedHashMap<>();

    /**
     * For one reading.
     *
     * @param name of the guard
     * @param source as its unfinished business is told from others'
     * @param owner as it is called in problems, such as {@code filter 'signup'}
     */
    GuardReader(String name, String source, Sentence owner, Lookup lookup, SecretFiles secretFiles) {
        this.name = name;
        this.source = source;
        this.owner = owner;
        this.lookup = lookup;
        this.secretFiles = secretFiles;
    }

    /**
     * The settings; a default stands in for each value that is refused.
     *
     * @param required whether a missing secret or base URL is a problem; never for a disabled guard
     */
    GuardSettings read(Report report, boolean required) {
        boolean enabled = read(Settings.ENABLED, report);
        SecretSource secret = secret(report, enabled && required);
        for (Setting<?> setting : Settings.OF_A_GUARD) {
            if (setting.defaultText() != null) {
                read(setting, report);
            } else if (setting.equals(Settings.BASE_URL)) {
                readBaseUrl(report, enabled && required);
            }
        }
        checkHttp(report);
        checkConnectTimeout(report);
        if (enabled
                && required
                && off(Settings.TOKEN_PARAM)
                && off(Settings.TOKEN_HEADER)
                && off(Settings.TOKEN_JSON_POINTER)) {
            report.warning(
                    ProblemCode.NO_TOKEN_SOURCE,
                    mask -> "token-param, token-header and token-json-pointer of " + owner.with(mask)
                            + " are all off: it finds no token and denies every request that it guards.");
        }
        if (!enabled && required) {
            Found how = given.get(Settings.ENABLED.key());
            report.warning(
                    ProblemCode.SWITCHED_OFF,
                    mask -> owner.with(mask) + " is switched off by enabled = false"
                            + (how == null ? "" : " from " + how.origin().text(mask))
                            + ": everything is let through, nothing is verified.");
        }
        return new GuardSettings(name, source, secret, values, shown);
    }

    private boolean off(Setting<?> setting) {
        return Parsers.OFF.equalsIgnoreCase(shown.get(setting.key()));
    }

    private <T> T read(Setting<T> setting, Report report) {
        T value = given(setting, report);
        if (value == null) {
            value = setting.defaultValue();
            shown.put(setting.key(), String.valueOf(setting.defaultText()));
        }
        values.put(setting.key(), value);
        return value;
    }

    /** The value that is set and can be used, else null. */
    private <T> @Nullable T given(Setting<T> setting, Report report) {
        Found found = lookup.find(setting, report);
        String text = found == null ? null : found.text();
        if (found == null || text == null) {
            return null;
        }
        try {
            T value = setting.parser().parse(text);
            given.put(setting.key(), found);
            shown.put(setting.key(), setting.shown().apply(text));
            return value;
        } catch (Refused e) {
            report.problem(setting.code(), setting.refusal(text, found.origin(), e));
            return null;
        }
    }

    private void readBaseUrl(Report report, boolean required) {
        Found found = lookup.find(Settings.BASE_URL, new Report());
        String text = found == null ? null : found.text();
        if (found == null || (text != null && Parsers.isOff(text))) {
            if (required) {
                report.problem(ProblemCode.REQUIRED, missing(Settings.BASE_URL, "base-url is not set"));
            }
            return;
        }
        URI url = given(Settings.BASE_URL, report);
        if (url != null) {
            values.put(Settings.BASE_URL.key(), url);
            shown.put(Settings.BASE_URL.key(), url.toString());
        }
    }

    private void checkHttp(Report report) {
        Found found = given.get(Settings.BASE_URL.key());
        if (found == null || !(values.get(Settings.BASE_URL.key()) instanceof URI url)) {
            return;
        }
        boolean plain = "http".equals(url.getScheme()) && !Urls.isLoopback(url);
        if (plain && !Boolean.TRUE.equals(values.get(Settings.ALLOW_HTTP.key()))) {
            report.problem(
                    ProblemCode.PLAIN_HTTP,
                    Settings.BASE_URL.refusal(
                            String.valueOf(found.text()),
                            found.origin(),
                            mask ->
                                    "plain http would send the secret in clear; write https, or set allow-http = true"));
        }
    }

    private void checkConnectTimeout(Report report) {
        Duration timeout = (Duration) values.get(Settings.TIMEOUT.key());
        Duration connect = (Duration) values.get(Settings.CONNECT_TIMEOUT.key());
        if (timeout == null || connect == null || connect.compareTo(timeout) <= 0) {
            return;
        }
        Found found = given.get(Settings.CONNECT_TIMEOUT.key());
        if (found != null) {
            Found whole = given.get(Settings.TIMEOUT.key());
            report.problem(
                    ProblemCode.CONNECT_TIMEOUT,
                    Settings.CONNECT_TIMEOUT.refusal(
                            String.valueOf(found.text()),
                            found.origin(),
                            mask -> "it is above timeout = " + timeout
                                    + (whole == null
                                            ? ", the default"
                                            : " from " + whole.origin().text(mask))));
        }
        values.put(Settings.CONNECT_TIMEOUT.key(), timeout);
        shown.put(Settings.CONNECT_TIMEOUT.key(), timeout.toString());
    }

    private @Nullable SecretSource secret(Report report, boolean required) {
        SecretReader.Choice choice = new SecretReader(
                        Settings.SECRET, Settings.SECRET_FILE, ProblemCode.SECRET_TWICE, lookup, secretFiles)
                .read(report);
        Found found = choice.found();
        if (choice.source() == null) {
            if (required && !choice.refused()) {
                report.problem(ProblemCode.REQUIRED, missing(Settings.SECRET, "neither secret nor secret-file is set"));
            }
        } else if (choice.setting().equals(Settings.SECRET)) {
            shown.put(Settings.SECRET.key(), "***");
        } else if (found != null) {
            shown.put(Settings.SECRET_FILE.key(), Settings.SECRET_FILE.shown().apply(String.valueOf(found.text())));
        }
        return choice.source();
    }

    private Sentence missing(Setting<?> setting, String what) {
        return mask -> what + ", and " + owner.with(mask) + " needs it; " + setting.howToSet();
    }
}
