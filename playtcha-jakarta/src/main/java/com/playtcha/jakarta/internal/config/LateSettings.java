package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.internal.config.ExternalConfig.ConfigValue;
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
 * @param callbackKey null if it is switched off and results are accepted from anyone
 * @param pollKey null if no key is sent
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
            read(new SettingsReader(text -> text, new ProblemReport()), false, List.of(), List.of());

    /**
     * Reads the settings. The result must not be used if problems were reported.
     *
     * @param owners the guards and filters in use that have late verdicts, as problems name them
     * @param uses the places in code that use late results
     */
    static LateSettings read(
            SettingsReader reader, boolean allowHttp, Collection<String> owners, Collection<String> uses) {
        ProblemReport report = reader.report;
        reader.read(Setting.OF_LATE);
        reader.checkPlainHttp(Setting.POLL_URL, allowHttp);
        if (reader.isSet(Setting.CALLBACK_PATH) && !reader.isSet(Setting.CALLBACK_KEY)) {
            ConfigValue off = reader.given(Setting.CALLBACK_KEY);
            if (off == null) {
                String path = "callback-path" + reader.from(Setting.CALLBACK_PATH);
                report.missing(Setting.CALLBACK_KEY, "callback-key is not set", path);
            } else {
                report.warning("PLAYTCHA-0049: callback-key is switched off by " + off.origin()
                        + ": anyone who can reach callback-path can deliver results.");
            }
        }
        boolean hasDir = reader.isSet(Setting.LATE_DIR);
        boolean hasDataSource = reader.isSet(Setting.LATE_DATASOURCE);
        Setting<?> user = Stream.of(Setting.CALLBACK_PATH, Setting.POLL_URL)
                .filter(reader::isSet)
                .findFirst()
                .orElse(null);
        boolean on = !owners.isEmpty() || user != null || hasDir || hasDataSource;
        if (!on && !uses.isEmpty()) {
            report.problem("PLAYTCHA-0047: late results are used by " + String.join(", ", uses)
                    + ", but nothing stores them; set late-dir to a folder for the embedded database, or"
                    + " late-datasource to the JNDI name of a database that all nodes share.");
        } else if (on && !hasDir && hasDataSource) {
            report.warning(
                    "PLAYTCHA-0048: late-datasource is set without late-dir: while the database is down, callbacks are"
                            + " answered with 503, and requests that are allowed without verification are not tracked;"
                            + " set late-dir to a folder of this node.");
        } else if (on && !hasDir) {
            report.missing(
                    Setting.LATE_DIR,
                    "neither late-dir nor late-datasource is set",
                    owners.isEmpty() && user != null
                            ? user + reader.from(user)
                            : "late-verdicts of " + owners.iterator().next());
        }
        SecretSource pollKey = reader.getOrNull(Setting.POLL_KEY);
        return new LateSettings(
                on,
                reader.getOrNull(Setting.LATE_DIR),
                reader.from(Setting.LATE_DIR),
                reader.getOrNull(Setting.LATE_DATASOURCE),
                reader.get(Setting.LATE_CONCURRENCY),
                reader.get(Setting.LATE_MAX_UNTRACKED),
                reader.getOrNull(Setting.CALLBACK_PATH),
                reader.getOrNull(Setting.CALLBACK_KEY),
                reader.getOrNull(Setting.POLL_URL),
                pollKey == null ? reader.getOrNull(Setting.POLL_KEY_FILE) : pollKey,
                reader.get(Setting.CALLBACK_TIMEOUT),
                reader.get(Setting.POLL_INTERVAL),
                reader.get(Setting.POLL_EXPIRY),
                reader.get(Setting.DEAD_LETTER_RETRY),
                reader.get(Setting.LATE_DIR_MAX_FILES),
                reader.get(Setting.LATE_DIR_MAX_BYTES),
                on ? reader.describe() : "off");
    }

    /** Returns the problem of a {@code late-dir} that turned out to be unusable; the reason is a clause. */
    public PlaytchaConfigurationException refuseDir(String reason) {
        return new PlaytchaConfigurationException(
                List.of(LogText.escape("PLAYTCHA-0007: late-dir = \"" + dir + "\"" + dirOrigin + ": " + reason + ".")));
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
