package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.internal.util.LogText;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The effective settings of an application's late results (contract, sections 4 and 7). Immutable; only a poll key in a
 * file may change. The kill switch does not affect them: open items are finished.
 *
 * @param isOn whether a guard or filter in use has {@code late-verdicts}, or one of {@code callback-path},
 *     {@code poll-url}, {@code late-dir} and {@code late-datasource} is set
 * @param dir not null if it is on without {@code dataSource}; otherwise null means that nothing is spooled
 * @param dirOrigin where {@code dir} was set
 * @param dataSource a plain name or one of the scheme {@code java:}; null for the embedded store
 * @param callbackKey null without {@code callbackPath}, or if the key is switched off and results are accepted from anyone
 * @param pollKey null without {@code pollUrl}, or if no key is sent
 * @param describe the effective settings in one line for the log, without any key, or {@code off}
 */
public record LateSettings(
        boolean isOn,
        @Nullable Path dir,
        String dirOrigin,
        @Nullable String dataSource,
        int lateConcurrency,
        int lateMaxUntracked,
        @Nullable String callbackPath,
        @Nullable String callbackKey,
        @Nullable URI pollUrl,
        @Nullable SecretSource pollKey,
        Duration callbackTimeout,
        Duration pollInterval,
        Duration pollExpiry,
        Duration deadLetterRetry,
        int lateDirMaxFiles,
        long lateDirMaxBytes,
        String describe) {
    static final LateSettings OFF =
            read(new Lookup(List.of(), text -> text), List.of(), List.of(), new ProblemReport(new Redaction()));

    /**
     * Reads the settings. The result must not be used if problems were reported.
     *
     * @param owners the guards and filters in use that have late verdicts, as problems name them
     * @param uses the places in code that use late results
     */
    static LateSettings read(Lookup lookup, Collection<String> owners, Collection<String> uses, ProblemReport report) {
        SettingsReader reader = new SettingsReader(lookup, report);
        for (Setting<?> setting : ApplicationKeys.LATE) {
            if (setting != ApplicationKeys.POLL_KEY && setting != ApplicationKeys.POLL_KEY_FILE) {
                reader.read(setting);
            }
        }
        SecretSource pollKey = reader.readSecret(ApplicationKeys.POLL_KEY, ApplicationKeys.POLL_KEY_FILE);
        Boolean allowHttp =
                new SettingsReader(lookup, new ProblemReport(report.redaction())).read(GuardKeys.ALLOW_HTTP);
        reader.checkPlainHttp(ApplicationKeys.POLL_URL, Boolean.TRUE.equals(allowHttp));
        checkCallbackKey(reader, report);
        boolean on = !owners.isEmpty()
                || Stream.of(
                                ApplicationKeys.CALLBACK_PATH,
                                ApplicationKeys.POLL_URL,
                                ApplicationKeys.LATE_DIR,
                                ApplicationKeys.LATE_DATASOURCE)
                        .anyMatch(reader::isSet);
        if (on) {
            checkStore(reader, owners, report);
        } else if (!uses.isEmpty()) {
            report.problem(
                    ProblemCode.LATE_OFF,
                    "late results are used by " + String.join(", ", uses) + ", but nothing stores them; set late-dir to"
                            + " a folder for the embedded database, or late-datasource to the JNDI name of a database"
                            + " that all nodes share.");
        }
        reader.explain(ApplicationKeys.LATE);
        String callbackPath = reader.getOrNull(ApplicationKeys.CALLBACK_PATH);
        URI pollUrl = reader.getOrNull(ApplicationKeys.POLL_URL);
        return new LateSettings(
                on,
                reader.getOrNull(ApplicationKeys.LATE_DIR),
                reader.from(ApplicationKeys.LATE_DIR),
                reader.getOrNull(ApplicationKeys.LATE_DATASOURCE),
                reader.get(ApplicationKeys.LATE_CONCURRENCY),
                reader.get(ApplicationKeys.LATE_MAX_UNTRACKED),
                callbackPath,
                callbackPath == null ? null : reader.getOrNull(ApplicationKeys.CALLBACK_KEY),
                pollUrl,
                pollUrl == null ? null : pollKey,
                reader.get(ApplicationKeys.CALLBACK_TIMEOUT),
                reader.get(ApplicationKeys.POLL_INTERVAL),
                reader.get(ApplicationKeys.POLL_EXPIRY),
                reader.get(ApplicationKeys.DEAD_LETTER_RETRY),
                reader.get(ApplicationKeys.LATE_DIR_MAX_FILES),
                reader.get(ApplicationKeys.LATE_DIR_MAX_BYTES),
                on ? reader.describe() : "off");
    }

    private static void checkCallbackKey(SettingsReader reader, ProblemReport report) {
        if (!reader.isSet(ApplicationKeys.CALLBACK_PATH) || reader.isSet(ApplicationKeys.CALLBACK_KEY)) {
            return;
        }
        ConfigValue off = reader.given(ApplicationKeys.CALLBACK_KEY);
        if (off == null) {
            report.missing(
                    ApplicationKeys.CALLBACK_KEY,
                    "callback-key is not set",
                    "callback-path" + reader.from(ApplicationKeys.CALLBACK_PATH));
        } else {
            report.warning(
                    ProblemCode.OPEN_CALLBACK,
                    "callback-key is switched off by " + off.origin()
                            + ": anyone who can reach callback-path can deliver results.");
        }
    }

    private static void checkStore(SettingsReader reader, Collection<String> owners, ProblemReport report) {
        if (reader.isSet(ApplicationKeys.LATE_DIR)) {
            return;
        }
        if (reader.isSet(ApplicationKeys.LATE_DATASOURCE)) {
            report.warning(
                    ProblemCode.NO_LATE_DIR,
                    "late-datasource is set without late-dir: while the database is down, callbacks are answered with"
                            + " 503, and requests that are allowed without verification are not tracked; set late-dir"
                            + " to a folder of this node.");
            return;
        }
        Setting<?> user =
                reader.isSet(ApplicationKeys.CALLBACK_PATH) ? ApplicationKeys.CALLBACK_PATH : ApplicationKeys.POLL_URL;
        report.missing(
                ApplicationKeys.LATE_DIR,
                "neither late-dir nor late-datasource is set",
                owners.isEmpty()
                        ? user.key + reader.from(user)
                        : "late-verdicts of " + owners.iterator().next());
    }

    /** Returns the problem of a {@code late-dir} that turned out to be unusable; the reason is a clause. */
    public PlaytchaConfigurationException refuseDir(String reason) {
        return new PlaytchaConfigurationException(List.of(LogText.escape(
                ProblemCode.INVALID_VALUE.id() + ": late-dir = \"" + dir + "\"" + dirOrigin + ": " + reason + ".")));
    }

    /** The time from tracking a task to its first poll. */
    public Duration firstPoll() {
        return callbackPath == null ? pollInterval : callbackTimeout;
    }

    @Override
    public String toString() {
        return "late results: " + describe;
    }
}
