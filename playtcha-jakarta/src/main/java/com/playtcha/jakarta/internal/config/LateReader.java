package com.playtcha.jakarta.internal.config;

import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings of late results: finds what each guard and filter says of them, which has to be one value for all,
 * parses, checks them against each other, and reports.
 */
final class LateReader {
    private final List<Lookup> lookups;
    private final SecretFiles files;
    private final Report report;
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Map<String, String> shown = new LinkedHashMap<>();
    private final Map<String, Given> given = new LinkedHashMap<>();
    private final Set<String> refused = new HashSet<>();

    /** A value that is set and can be used, and where. */
    private record Given(Object value, Found found, Lookup lookup, int level) {
        /** Their values are compared, not they. */
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /** Settings whose text for the log can be made once every secret of the application is known. */
    record Draft(
            boolean isOn,
            Map<String, Object> values,
            @Nullable SecretSource pollKey,
            Map<String, String> shown) {
        LateSettings with(Mask mask) {
            return new LateSettings(isOn, values, pollKey, isOn ? describe(mask) : Parsers.OFF);
        }

        private String describe(Mask mask) {
            return shown.entrySet().stream()
                    .map(e -> e.getKey() + "="
                            + Texts.plain(mask.hidden(e.getValue()).replaceAll(",\\s+", ",")))
                    .collect(Collectors.joining(", "));
        }

        /** Drafts are finished, not compared. */
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

        /** Names no value. */
        @Override
        public String toString() {
            return "late results: " + (isOn ? "on" : Parsers.OFF);
        }
    }

    /**
     * For one reading.
     *
     * @param lookups of everything in the application that has settings; at least one
     * @param report may be given problems; the settings are of no use then
     */
    LateReader(List<Lookup> lookups, SecretFiles files, Report report) {
        this.lookups = List.copyOf(lookups);
        this.files = files;
        this.report = report;
    }

    /**
     * The settings.
     *
     * @param guards those in use that have late-verdicts, as they are called in problems
     * @param places in the application's code that use late results
     */
    Draft read(List<Sentence> guards, Collection<String> places) {
        hideKeys();
        for (Setting<?> setting : LateKeys.ALL) {
            if (!setting.equals(LateKeys.POLL_KEY) && !setting.equals(LateKeys.POLL_KEY_FILE)) {
                read(setting);
            }
        }
        SecretSource pollKey = pollKey();
        checkCallbackKey();
        checkHttp();
        checkExpiry();
        boolean on = !guards.isEmpty()
                || isSet(LateKeys.CALLBACK_PATH)
                || isSet(LateKeys.POLL_URL)
                || isSet(LateKeys.LATE_DIR)
                || isSet(LateKeys.LATE_DATASOURCE);
        if (on) {
            checkStore(guards);
        } else if (!places.isEmpty()) {
            report.problem(
                    ProblemCode.LATE_OFF,
                    mask -> mask.plain(String.join(", ", places)) + " uses late results, and nothing keeps them; set"
                            + " late-dir, a folder for the embedded database, or late-datasource, the JNDI name of a"
                            + " database that all nodes share.");
        }
        return new Draft(on, values, pollKey, shown);
    }

    /** Those too that something else overrides: they may turn up elsewhere. */
    private void hideKeys() {
        for (Lookup lookup : lookups) {
            for (Setting<?> key : List.of(LateKeys.CALLBACK_KEY, LateKeys.POLL_KEY)) {
                for (int level = 0; level < lookup.levels(); level++) {
                    SecretReader.hide(lookup.at(level, key, new Report()), report);
                }
                lookup.operators(key, 0).forEach(found -> SecretReader.hide(found, report));
            }
        }
    }

    private <T> void read(Setting<T> setting) {
        Given first = null;
        for (Lookup lookup : lookups) {
            Given next = find(setting, lookup);
            if (next != null && first != null && !next.value().equals(first.value())) {
                differ(setting, first.found(), setting, next.found());
            }
            first = first == null ? next : first;
        }
        if (first != null) {
            given.put(setting.key(), first);
            if (setting.defaultText() != null || !first.value().equals(Optional.empty())) {
                values.put(setting.key(), first.value());
            }
            String text = setting.shown().apply(String.valueOf(first.found().text()));
            shown.put(setting.key(), text.equals(Texts.HIDDEN) ? "***" : text);
        } else if (setting.defaultText() != null) {
            values.put(setting.key(), setting.defaultValue());
            shown.put(setting.key(), setting.defaultText());
        }
    }

    private @Nullable Given find(Setting<?> setting, Lookup lookup) {
        for (int level = 0; level < lookup.levels(); level++) {
            Found found = lookup.at(level, setting, report);
            if (found == null) {
                continue;
            }
            lookup.warnOfOverridden(setting, found, level, report);
            String text = found.text();
            if (text != null) {
                try {
                    return new Given(setting.parser().parse(text), found, lookup, level);
                } catch (Refused e) {
                    report.problem(setting.code(), setting.refusal(text, found.origin(), e));
                }
            }
            refused.add(setting.key());
            return null;
        }
        return null;
    }

    private void differ(Setting<?> one, Found first, Setting<?> other, Found second) {
        report.problem(
                ProblemCode.ONE_PER_APPLICATION,
                mask -> says(one, first, mask) + " and " + says(other, second, mask)
                        + " differ, and an application has only one; remove one, or make them equal.");
    }

    private static String says(Setting<?> setting, Found found, Mask mask) {
        return setting.key() + " = " + setting.quoted(String.valueOf(found.text()), mask) + " from "
                + found.origin().text(mask);
    }

    private @Nullable SecretSource pollKey() {
        SecretReader.Choice first = null;
        boolean unusable = false;
        for (Lookup lookup : lookups) {
            SecretReader.Choice next = new SecretReader(
                            LateKeys.POLL_KEY, LateKeys.POLL_KEY_FILE, ProblemCode.POLL_KEY_TWICE, lookup, files)
                    .read(report);
            unusable |= next.refused();
            if (next.found() == null || next.refused()) {
                continue;
            }
            if (first != null && first.found() != null && !Objects.equals(first.source(), next.source())) {
                differ(first.setting(), first.found(), next.setting(), next.found());
            }
            first = first == null ? next : first;
        }
        Given url = given.get(LateKeys.POLL_URL.key());
        boolean polls = isSet(LateKeys.POLL_URL);
        if (first == null || first.found() == null) {
            if (url != null && polls && !unusable) {
                report.warning(
                        ProblemCode.NO_POLL_KEY,
                        mask -> "neither poll-key nor poll-key-file is set: poll-url from "
                                + url.found().origin().text(mask)
                                + " is asked without a key; set one of them, or poll-key to off.");
            }
            return null;
        }
        Found found = first.found();
        Setting<?> setting = first.setting();
        boolean off = first.source() == null;
        if (off) {
            shown.put(LateKeys.POLL_KEY.key(), Parsers.OFF);
        } else {
            boolean file = setting.equals(LateKeys.POLL_KEY_FILE);
            shown.put(setting.key(), file ? setting.shown().apply(String.valueOf(found.text())) : "***");
        }
        if (!off && !polls) {
            withoutUse(setting, found, LateKeys.POLL_URL);
        }
        return first.source();
    }

    private void withoutUse(Setting<?> key, Found found, Setting<?> user) {
        report.warning(
                ProblemCode.KEY_WITHOUT_USE,
                mask -> key.key() + " from " + found.origin().text(mask) + " has no effect, because " + user.key()
                        + " is not set.");
    }

    private void checkCallbackKey() {
        Given path = given.get(LateKeys.CALLBACK_PATH.key());
        Given key = given.get(LateKeys.CALLBACK_KEY.key());
        if (!isSet(LateKeys.CALLBACK_PATH)) {
            if (key != null && isSet(LateKeys.CALLBACK_KEY)) {
                withoutUse(LateKeys.CALLBACK_KEY, key.found(), LateKeys.CALLBACK_PATH);
            }
        } else if (path != null && key == null && !refused.contains(LateKeys.CALLBACK_KEY.key())) {
            report.problem(
                    ProblemCode.REQUIRED,
                    mask -> "callback-key is not set, and callback-path from "
                            + path.found().origin().text(mask) + " needs it; " + LateKeys.CALLBACK_KEY.howToSet());
        } else if (path != null && key != null && !isSet(LateKeys.CALLBACK_KEY)) {
            report.warning(
                    ProblemCode.OPEN_CALLBACK,
                    mask -> "callback-key is switched off by "
                            + key.found().origin().text(mask)
                            + ": anyone who can reach callback-path can deliver results.");
        }
    }

    private void checkHttp() {
        Given url = given.get(LateKeys.POLL_URL.key());
        if (url == null
                || !(values.get(LateKeys.POLL_URL.key()) instanceof Optional<?> value)
                || !(value.orElse(null) instanceof URI uri)) {
            return;
        }
        if ("http".equals(uri.getScheme()) && !Urls.isLoopback(uri) && !allowsHttp(url)) {
            report.problem(
                    ProblemCode.PLAIN_HTTP,
                    LateKeys.POLL_URL.refusal(
                            String.valueOf(url.found().text()),
                            url.found().origin(),
                            mask -> "plain http would send the key in clear; write https, or set allow-http = true"));
        }
    }

    /** At the level of the URL or below: what allows it for one guard does not allow it for the application. */
    private static boolean allowsHttp(Given url) {
        for (int level = url.level(); level < url.lookup().levels(); level++) {
            Found allow = url.lookup().at(level, Settings.ALLOW_HTTP, new Report());
            if (allow != null) {
                try {
                    return allow.text() != null && Settings.ALLOW_HTTP.parser().parse(allow.text());
                } catch (Refused e) {
                    return false;
                }
            }
        }
        return false;
    }

    private void checkExpiry() {
        if (!isSet(LateKeys.POLL_URL)) {
            return;
        }
        Setting<Duration> expiry = LateKeys.POLL_EXPIRY;
        Setting<Duration> before = isSet(LateKeys.CALLBACK_PATH) ? LateKeys.CALLBACK_TIMEOUT : LateKeys.POLL_INTERVAL;
        if (refused.contains(expiry.key())
                || refused.contains(before.key())
                || !(values.get(expiry.key()) instanceof Duration end)
                || !(values.get(before.key()) instanceof Duration first)
                || end.compareTo(first) > 0) {
            return;
        }
        report.warning(
                ProblemCode.POLL_EXPIRY,
                mask -> named(expiry, given.get(expiry.key()), mask) + " is not longer than "
                        + named(before, given.get(before.key()), mask)
                        + ": tasks are over before poll-url is asked.");
    }

    private static String named(Setting<?> setting, @Nullable Given given, Mask mask) {
        return given == null
                ? setting.key() + " = " + setting.defaultText() + ", the default"
                : says(setting, given.found(), mask);
    }

    private void checkStore(List<Sentence> guards) {
        if (isSet(LateKeys.LATE_DIR)) {
            return;
        }
        if (isSet(LateKeys.LATE_DATASOURCE)) {
            report.warning(
                    ProblemCode.NO_LATE_DIR,
                    mask -> "late-datasource is set without late-dir: while the database is down nothing can be kept,"
                            + " so that callbacks are answered with 503 and unverified passes are not tracked; set"
                            + " late-dir to a folder of this node.");
            return;
        }
        report.problem(
                ProblemCode.REQUIRED,
                mask -> "neither late-dir nor late-datasource is set, and " + user(guards, mask) + " needs it; "
                        + LateKeys.LATE_DIR.howToSet());
    }

    private String user(List<Sentence> guards, Mask mask) {
        if (!guards.isEmpty()) {
            return "late-verdicts of " + guards.get(0).with(mask);
        }
        Setting<?> setting = isSet(LateKeys.CALLBACK_PATH) ? LateKeys.CALLBACK_PATH : LateKeys.POLL_URL;
        Given user = given.get(setting.key());
        return setting.key()
                + (user == null ? "" : " from " + user.found().origin().text(mask));
    }

    /** Whether there is a value, usable or not, other than {@code off}. */
    private boolean isSet(Setting<?> setting) {
        return refused.contains(setting.key())
                || (values.get(setting.key()) instanceof Optional<?> value && value.isPresent());
    }
}
